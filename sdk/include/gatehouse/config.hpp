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
#include <utility>
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

  std::string text(std::string_view key) { return detail::as_text(named(key), need(key)); }
  std::string text_or(std::string_view key, std::string_view fallback) {
    const auto value = find(key);
    return value ? detail::as_text(named(key), *value) : std::string(fallback);
  }
  // One of a few words.
  std::string choice_or(std::string_view key, std::string_view fallback, const std::vector<std::string>& words) {
    std::string chosen = text_or(key, fallback);
    if (std::find(words.begin(), words.end(), chosen) == words.end()) {
      detail::refuse(named(key), "one of " + detail::joined(words), "\"" + chosen + "\"");
    }
    return chosen;
  }

  bool flag_or(std::string_view key, bool fallback) {
    const auto value = find(key);
    return value ? detail::as_flag(named(key), *value) : fallback;
  }

  std::uint64_t number(std::string_view key, Range range = {}) {
    return detail::as_number(named(key), need(key), range);
  }
  std::uint64_t number_or(std::string_view key, std::uint64_t fallback, Range range = {}) {
    const auto value = find(key);
    return value ? detail::as_number(named(key), *value, range) : fallback;
  }

  // Bytes: a number, or text with a unit ("10MiB").
  std::uint64_t size(std::string_view key, Range range = {}) { return detail::as_size(named(key), need(key), range); }
  std::uint64_t size_or(std::string_view key, std::uint64_t fallback, Range range = {}) {
    const auto value = find(key);
    return value ? detail::as_size(named(key), *value, range) : fallback;
  }

  // Text with a unit ("500ms", "30s").
  std::chrono::milliseconds duration(std::string_view key) { return detail::as_duration(named(key), need(key)); }
  std::chrono::milliseconds duration_or(std::string_view key, std::chrono::milliseconds fallback) {
    const auto value = find(key);
    return value ? detail::as_duration(named(key), *value) : fallback;
  }

  // A list of texts; empty when the key is absent.
  std::vector<std::string> texts(std::string_view key) {
    const auto value = find(key);
    return value ? detail::as_texts(named(key), *value) : std::vector<std::string>();
  }
  // A map of names to lists of texts; empty when the key is absent.
  Lists lists(std::string_view key) {
    Lists result;
    const auto value = find(key);
    if (!value) return result;
    simdjson::dom::object map;
    if (value->get(map) != simdjson::SUCCESS)
      detail::refuse(named(key), "a map of names to lists", detail::kind_of(*value));
    for (const auto [name, list] : map) {
      result.emplace(name, detail::as_texts(named(key) + "." + std::string(name), list));
    }
    return result;
  }

  // A map of names to maps: calls read(name, Config&) for each of them; a key that read does not ask
  // for is refused. Nothing when the key is absent.
  template <class Read>
  void each(std::string_view key, Read read) {
    const auto value = find(key);
    if (!value) return;
    simdjson::dom::object maps;
    if (value->get(maps) != simdjson::SUCCESS) {
      detail::refuse(named(key), "a map of names to maps", detail::kind_of(*value));
    }
    for (const auto [name, entry] : maps) {
      const std::string path = named(key) + "." + std::string(name);
      simdjson::dom::object map;
      if (entry.get(map) != simdjson::SUCCESS) detail::refuse(path, "a map", detail::kind_of(entry));
      Config part(map, path + ".");
      read(std::string(name), part);
      part.refuse_unknown();
    }
  }

  // Throws when the configuration has a key that was never asked for. Called after construction.
  void refuse_unknown() const {
    for (const auto [key, value] : object_) {
      if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
      const std::string known =
          asked_.empty() ? "this plugin takes none" : "the known ones are " + detail::joined(asked_);
      throw Error(GH_ECONFIG, "config." + named(key) + " is not a known key; " + known);
    }
  }

 private:
  using Element = simdjson::dom::element;

  Config(simdjson::dom::object object, std::string path) : object_(object), path_(std::move(path)) {}

  std::string named(std::string_view key) const { return path_ + std::string(key); }  // for messages
  std::optional<Element> find(std::string_view key) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
    Element value;
    if (object_.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
  }
  Element need(std::string_view key) {
    const auto value = find(key);
    if (!value) throw Error(GH_ECONFIG, "config." + named(key) + " is missing");
    return *value;
  }

  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  std::string path_;  // where this map is in the whole: empty, or "clients.batch."
  std::vector<std::string> asked_;
};

}  // namespace gatehouse
