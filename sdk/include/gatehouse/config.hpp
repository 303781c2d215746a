// A plugin's part of the YAML file, typed. A getter takes the key, which must be there; its …_or form
// answers a fallback when it is not. What is wrong is thrown as Error(GH_ECONFIG) with a sentence for the operator, for
// example
//   config.max_tokens must be a whole number of at least 1, not "many"
// After construction a key that no getter has asked for is refused. For one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include <gatehouse/detail/config_value.hpp>
#include <gatehouse/error.hpp>

namespace gatehouse {

class Config {
 public:
  using Lists = std::map<std::string, std::vector<std::string>, std::less<>>;

  explicit Config(std::string_view json) {
    const std::string_view text = json.empty() ? std::string_view("{}") : json;
    if (parser_.parse(text.data(), text.size()).get(object_) != simdjson::SUCCESS) {
      throw Error(GH_ECONFIG, "config must be a map of names to values");
    }
  }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  bool has(std::string_view key) { return find(key).has_value(); }

  std::string text(std::string_view key) { return detail::as_text(key, need(key)); }
  std::string text_or(std::string_view key, std::string_view fallback) {
    const auto value = find(key);
    return value ? detail::as_text(key, *value) : std::string(fallback);
  }
  // One of a few words.
  std::string choice_or(std::string_view key, std::string_view fallback, const std::vector<std::string>& words) {
    std::string chosen = text_or(key, fallback);
    if (std::find(words.begin(), words.end(), chosen) == words.end()) {
      detail::refuse(key, "one of " + detail::joined(words), "\"" + chosen + "\"");
    }
    return chosen;
  }

  bool flag_or(std::string_view key, bool fallback) {
    const auto value = find(key);
    return value ? detail::as_flag(key, *value) : fallback;
  }

  std::uint64_t number(std::string_view key, Range range = {}) { return detail::as_number(key, need(key), range); }
  std::uint64_t number_or(std::string_view key, std::uint64_t fallback, Range range = {}) {
    const auto value = find(key);
    return value ? detail::as_number(key, *value, range) : fallback;
  }

  // Bytes: a number, or text with a unit ("10MiB").
  std::uint64_t size(std::string_view key, Range range = {}) { return detail::as_size(key, need(key), range); }
  std::uint64_t size_or(std::string_view key, std::uint64_t fallback, Range range = {}) {
    const auto value = find(key);
    return value ? detail::as_size(key, *value, range) : fallback;
  }

  // Text with a unit ("500ms", "30s").
  std::chrono::milliseconds duration(std::string_view key) { return detail::as_duration(key, need(key)); }
  std::chrono::milliseconds duration_or(std::string_view key, std::chrono::milliseconds fallback) {
    const auto value = find(key);
    return value ? detail::as_duration(key, *value) : fallback;
  }

  // A list of texts; empty when the key is absent.
  std::vector<std::string> texts(std::string_view key) {
    const auto value = find(key);
    return value ? detail::as_texts(std::string(key), *value) : std::vector<std::string>();
  }
  // A map of names to lists of texts; empty when the key is absent.
  Lists lists(std::string_view key) {
    Lists result;
    const auto value = find(key);
    if (!value) return result;
    simdjson::dom::object map;
    if (value->get(map) != simdjson::SUCCESS) detail::refuse(key, "a map of names to lists", detail::kind_of(*value));
    for (const auto [name, list] : map) {
      result.emplace(name, detail::as_texts(std::string(key) + "." + std::string(name), list));
    }
    return result;
  }

  // Throws when the configuration has a key that was never asked for. Called after construction.
  void refuse_unknown() const {
    for (const auto [key, value] : object_) {
      if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
      const std::string known =
          asked_.empty() ? "this plugin takes none" : "the known ones are " + detail::joined(asked_);
      throw Error(GH_ECONFIG, "config." + std::string(key) + " is not a known key; " + known);
    }
  }

 private:
  using Element = simdjson::dom::element;

  std::optional<Element> find(std::string_view key) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
    Element value;
    if (object_.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
  }
  Element need(std::string_view key) {
    const auto value = find(key);
    if (!value) throw Error(GH_ECONFIG, "config." + std::string(key) + " is missing");
    return *value;
  }

  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  std::vector<std::string> asked_;
};

}  // namespace gatehouse
