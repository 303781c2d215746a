// Which refusals of strangers leave a record. A stranger is a caller who is refused before he has shown a valid key:
// anybody can cause any number of such refusals, so they have a budget of their own. The first few of an address
// within a minute leave a record, as long as not too many of all addresses do; the others are counted, and the next
// record of a stranger says how many there were. Bounded; thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/record/record.h"

namespace gatehouse::core {

class RefusalBudget {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kPeriod{60};
  static constexpr std::uint32_t kOfOne = 5;   // records of one address in a period
  static constexpr std::uint32_t kOfAll = 60;  // of all addresses together
  static constexpr std::size_t kMost = 1'024;  // addresses that are told apart; the others count as one

  // Whether a refusal of this address leaves a record: how many have left none since the last record; nullopt: this one
  // leaves none either. The addresses of one IPv6 network (/64) are one.
  std::optional<std::uint64_t> spend(std::string_view address, Clock::time_point now);
  // The same for the record of a stranger's refusal, which then knows whether it is left out.
  void charge(Record& record, Clock::time_point now);

 private:
  std::mutex mutex_;  // guards all below
  Clock::time_point period_ends_{};
  std::map<std::string, std::uint32_t, std::less<>> records_;  // of each address in this period
  std::uint32_t all_records_ = 0;
  std::uint64_t unrecorded_ = 0;  // since the last record
};

}  // namespace gatehouse::core
