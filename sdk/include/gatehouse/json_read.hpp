// Reading JSON with simdjson: a parser to keep, and lookups that answer "absent or of another type"
// with nullopt. One JsonReader belongs to one exchange; views into a document live until its next parse.
#pragma once

#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include <gatehouse/error.hpp>

namespace gatehouse {

// Parses one document at a time and reuses its memory. Make it a member of what lives as long as the
// exchange; a thread_local one would keep the plugin from being unloaded.
class JsonReader {
 public:
  // The document's root, valid until the next parse. Throws Error(GH_EUPSTREAM) when json is not
  // JSON; `what` names it in the sentence: "the provider's answer". Both functions throw std::bad_alloc where there is
  // no memory for it.
  simdjson::dom::element parse(std::string_view json, std::string_view what = "the provider's answer") {
    simdjson::dom::element root;
    if (const auto error = document(json).get(root); error != simdjson::SUCCESS) {
      throw Error(GH_EUPSTREAM, std::string(what) + " is not valid JSON: " + simdjson::error_message(error));
    }
    return root;
  }

  // The same, nullopt when json is not JSON.
  std::optional<simdjson::dom::element> try_parse(std::string_view json) {
    simdjson::dom::element root;
    if (document(json).get(root) != simdjson::SUCCESS) return std::nullopt;
    return root;
  }

 private:
  simdjson::simdjson_result<simdjson::dom::element> document(std::string_view json) {
    if (json.empty()) return simdjson::EMPTY;  // it may have no address, and simdjson would copy from there
    auto parsed = parser_.parse(json.data(), json.size());
    if (parsed.error() == simdjson::MEMALLOC) throw std::bad_alloc();
    return parsed;
  }

  simdjson::dom::parser parser_;
};

// What is at pointer (RFC 6901: "/choices/0/delta/content"), when it is there and a T: an element,
// std::string_view, std::uint64_t, std::int64_t, double, bool, simdjson::dom::object or array.
template <class T>
std::optional<T> at(simdjson::dom::element root, std::string_view pointer) {
  T value;
  if (root.at_pointer(pointer).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

inline std::optional<std::string_view> text_at(simdjson::dom::element root, std::string_view pointer) {
  return at<std::string_view>(root, pointer);
}

inline std::optional<std::uint64_t> number_at(simdjson::dom::element root, std::string_view pointer) {
  return at<std::uint64_t>(root, pointer);
}

// A count of something: an integer from 0 to 2^53, or a floating number that equals one. Whatever else stands there, a
// text, a fraction, less than nothing, is no count, and must not be taken for 0.
inline std::optional<std::uint64_t> count_of(simdjson::dom::element value) {
  constexpr std::uint64_t most = std::uint64_t{1} << 53;
  std::uint64_t count = 0;
  if (value.get(count) == simdjson::SUCCESS) return count <= most ? std::optional(count) : std::nullopt;
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS || !(number >= 0) || number > static_cast<double>(most)) return std::nullopt;
  count = static_cast<std::uint64_t>(number);
  return static_cast<double>(count) == number ? std::optional(count) : std::nullopt;
}

inline std::optional<std::uint64_t> count_at(simdjson::dom::element root, std::string_view pointer) {
  const auto value = at<simdjson::dom::element>(root, pointer);
  return value ? count_of(*value) : std::nullopt;
}

}  // namespace gatehouse
