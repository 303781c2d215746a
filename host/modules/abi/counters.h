// The counters of one configured plugin, by name: gatehouse.counters/1. All versions of the plugin add
// to the same ones. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::modules {

class Counters {
 public:
  static constexpr std::size_t kMaxNames = 10'000;
  static constexpr std::size_t kMaxName = 256;

  // Adds delta and returns the counter's value; nullopt: too many names, or an empty or too long one.
  std::optional<std::int64_t> add(std::string_view name, std::int64_t delta) {
    const std::lock_guard lock(mutex_);
    auto counter = values_.find(name);
    if (counter == values_.end()) {
      if (name.empty() || name.size() > kMaxName || values_.size() >= kMaxNames) return std::nullopt;
      counter = values_.emplace(name, 0).first;
    }
    // Wraps around at the end of the range.
    const auto sum = static_cast<std::uint64_t>(counter->second) + static_cast<std::uint64_t>(delta);
    return counter->second = static_cast<std::int64_t>(sum);
  }

  std::map<std::string, std::int64_t, std::less<>> all() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> values_;
};

}  // namespace gatehouse::modules
