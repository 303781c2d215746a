// How far our guess of a model's input has been off, learnt from what its provider reported: models have vocabularies
// of their own. The ratio moves by a sixteenth of each new observation and stays within a factor of four. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace gatehouse::limits {

class Ratios {
 public:
  // The guess times the model's ratio; the guess itself for a model without one.
  std::uint64_t corrected(std::string_view model, std::uint64_t guess) const;
  // REQUIRES: the model exists, because every name is remembered. Short inputs teach nothing.
  void learn(std::string_view model, std::uint64_t guess, std::uint64_t reported);

 private:
  static constexpr std::uint64_t kOne = 1024;  // a ratio of 1
  static void approach(std::atomic<std::uint64_t>& ratio, std::uint64_t seen);

  mutable std::shared_mutex mutex_;
  std::map<std::string, std::atomic<std::uint64_t>, std::less<>> ratios_;  // by model, in parts of kOne
};

}  // namespace gatehouse::limits
