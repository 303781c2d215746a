// Reads one JSON document with simdjson's on-demand parser and checks every byte of it on the
// way: on-demand parsing alone would let errors pass in values nobody looks at. A name given twice within one object
// is an error too, at any depth.
// Throws BadJson, which must not leave host/core. One document, one thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "core/text/caller_text.h"
#include "core/padded_bytes.h"
#include "core/request/unique_names.h"

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
    UniqueNames names;
    try {
      for (auto field : object) member(std::move(field), names, on);
    } catch (const TwiceNamed& name) {
      throw_twice(name);
    }
    end_root();
  }

  // Both return the value's raw text, brackets included.
  template <class OnMember>
  std::string_view object(Value value, OnMember on) {
    const char* begin = enter(value);
    UniqueNames names;
    for (auto field : value.get_object()) member(std::move(field), names, on);
    return leave(begin);
  }
  template <class OnElement>
  std::string_view array(Value value, OnElement on) {
    const char* begin = enter(value);
    std::size_t index = 0;
    try {
      for (auto element : value.get_array()) {
        on(Value(std::move(element)));
        ++index;
      }
    } catch (TwiceNamed& name) {
      name.within(index);
      throw;
    }
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
  void member(Field field, UniqueNames& names, OnMember& on) {
    const char* begin = field.key().value().raw() - 1;
    std::string_view name = field.unescaped_key();
    // A text without escapes is a view into the document, and lives as long.
    if (begin[1 + name.size()] == '"' && std::memcmp(begin + 1, name.data(), name.size()) == 0)
      name = {begin + 1, name.size()};
    if (!names.add(name)) throw TwiceNamed{excerpt(name)};
    try {
      on(name, begin, Value(field.value()));
    } catch (TwiceNamed& inner) {
      inner.within(excerpt(name));
      throw;
    }
  }
  [[noreturn]] static void throw_twice(const TwiceNamed& name);
  simdjson::ondemand::object begin_root();
  void end_root();
  const char* enter(Value& value);
  std::string_view leave(const char* begin);

  simdjson::ondemand::document document_;
  std::string_view bytes_;
  std::size_t depth_left_;
};

}  // namespace gatehouse::core
