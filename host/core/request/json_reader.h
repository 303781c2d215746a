// Reads one JSON document with simdjson's on-demand parser and checks every byte of it on the
// way: on-demand parsing alone would let errors pass in values nobody looks at.
// Throws BadJson, which must not leave host/core. One document, one thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "core/padded_bytes.h"

namespace gatehouse::core {

struct BadJson {
  std::string message;
  std::string param;
};

class JsonReader {
 public:
  using Value = simdjson::ondemand::value;
  using Type = simdjson::ondemand::json_type;

  // REQUIRES: parser and bytes outlive the reader.
  JsonReader(simdjson::ondemand::parser& parser, const PaddedBytes& bytes, std::size_t max_depth);

  // The document must be one object: calls on(name, name_begin, value) for each member. A callback
  // must consume its value with one of the functions below.
  template <class OnMember>
  void root(OnMember on) {
    simdjson::ondemand::object object = begin_root();
    for (auto field : object) member(std::move(field), on);
    end_root();
  }

  // Both return the value's raw text, brackets included.
  template <class OnMember>
  std::string_view object(Value value, OnMember on) {
    const char* begin = enter(value);
    for (auto field : value.get_object()) member(std::move(field), on);
    return leave(begin);
  }
  template <class OnElement>
  std::string_view array(Value value, OnElement on) {
    const char* begin = enter(value);
    for (auto element : value.get_array()) on(Value(std::move(element)));
    return leave(begin);
  }

  std::string_view skip(Value value);  // checks it whole and returns its raw text

  // A string's raw text with its quotes, and the text itself: a view into the document when it
  // has no escapes, else a view that lives until the parser's next document.
  struct Text {
    std::string_view raw;
    std::string_view value;
    bool escaped = false;
  };
  Text text(Value value);
  static Type type(Value& value) { return value.type(); }

 private:
  template <class Field, class OnMember>
  void member(Field field, OnMember& on) {
    const char* begin = field.key().value().raw() - 1;
    std::string_view name = field.unescaped_key();
    // A text without escapes is a view into the document, and lives as long.
    if (begin[1 + name.size()] == '"' && std::memcmp(begin + 1, name.data(), name.size()) == 0)
      name = {begin + 1, name.size()};
    on(name, begin, Value(field.value()));
  }
  simdjson::ondemand::object begin_root();
  void end_root();
  const char* enter(Value& value);
  std::string_view leave(const char* begin);

  simdjson::ondemand::document document_;
  std::string_view bytes_;
  std::size_t depth_left_;
};

}  // namespace gatehouse::core
