// Reads one value of a plugin's configuration as a type, or throws Error(GH_ECONFIG) with a sentence
// that names the key. A value is shown only where a number or a choice was asked for, as text may
// hold a secret. Behind config.hpp; functions without state, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include <gatehouse/error.hpp>
#include <gatehouse/units.hpp>

namespace gatehouse {

// The numbers a key may have, both ends included.
struct Range {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
};

namespace detail {

[[noreturn]] inline void refuse(std::string_view key, const std::string& must, const std::string& found) {
  throw Error(GH_ECONFIG, "config." + std::string(key) + " must be " + must + ", not " + found);
}

inline std::string kind_of(simdjson::dom::element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY: return "a list";
    case simdjson::dom::element_type::OBJECT: return "a map";
    case simdjson::dom::element_type::STRING: return "text";
    case simdjson::dom::element_type::BOOL: return "true or false";
    case simdjson::dom::element_type::NULL_VALUE: return "nothing";
    default: return "a number";
  }
}

inline std::string within(Range range, const std::string& what) {
  if (range.max < Range().max) return what + " from " + std::to_string(range.min) + " to " + std::to_string(range.max);
  return range.min == 0 ? what : what + " of at least " + std::to_string(range.min);
}

inline std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

inline std::string as_text(std::string_view key, simdjson::dom::element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) refuse(key, "text", kind_of(value));
  return std::string(text);
}

inline bool as_flag(std::string_view key, simdjson::dom::element value) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) refuse(key, "true or false", simdjson::minify(value));
  return flag;
}

inline std::uint64_t as_number(std::string_view key, simdjson::dom::element value, Range range) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < range.min || number > range.max) {
    refuse(key, within(range, "a whole number"), simdjson::minify(value));
  }
  return number;
}

inline std::uint64_t as_size(std::string_view key, simdjson::dom::element value, Range range) {
  std::string_view text;
  std::uint64_t number = 0;
  std::optional<std::uint64_t> size;
  if (value.get(text) == simdjson::SUCCESS) size = parse_size(text);
  if (value.get(number) == simdjson::SUCCESS) size = number;
  if (!size || *size < range.min || *size > range.max) {
    refuse(key, within(range, "a size such as 64KiB or 10MiB"), simdjson::minify(value));
  }
  return *size;
}

inline std::chrono::milliseconds as_duration(std::string_view key, simdjson::dom::element value) {
  std::string_view text;
  std::optional<std::chrono::milliseconds> duration;
  if (value.get(text) == simdjson::SUCCESS) duration = parse_duration(text);
  if (!duration) refuse(key, "a duration with a unit, such as 500ms or 30s", simdjson::minify(value));
  return *duration;
}

inline std::vector<std::string> as_texts(const std::string& key, simdjson::dom::element value) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) refuse(key, "a list of texts", kind_of(value));
  std::vector<std::string> texts;
  for (const simdjson::dom::element item : list) {
    texts.push_back(as_text(key + "[" + std::to_string(texts.size()) + "]", item));
  }
  return texts;
}

}  // namespace detail
}  // namespace gatehouse
