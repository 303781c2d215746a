#include "core/record/refusal_budget.h"

#include <arpa/inet.h>

#include <utility>

#include "core/rare_warning.h"

namespace gatehouse::core {

namespace {

// Whoever has one IPv6 address has its whole network.
std::string network_of(std::string_view address) {
  constexpr std::size_t kNetwork = 8;  // bytes
  std::string text(address);
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
  return {reinterpret_cast<const char*>(&parsed), kNetwork};
}

}  // namespace

std::optional<std::uint64_t> RefusalBudget::spend(std::string_view address, Clock::time_point now) {
  std::string network = network_of(address);
  const std::lock_guard lock(mutex_);
  if (now >= period_ends_) {
    period_ends_ = now + kPeriod;
    records_.clear();
    all_records_ = 0;
  }
  if (records_.size() >= kMost && !records_.contains(network)) network.clear();
  std::uint32_t& records = records_[std::move(network)];
  if (records >= kOfOne || all_records_ >= kOfAll) {
    ++unrecorded_;
    return std::nullopt;
  }
  ++records;
  ++all_records_;
  return std::exchange(unrecorded_, 0);
}

void RefusalBudget::charge(Record& record, Clock::time_point now) {
  static RareWarning warning(kPeriod);
  const auto left_out_before = spend(record.remote_addr, now);
  record.of_stranger = true;
  record.left_out = !left_out_before;
  record.unrecorded = left_out_before.value_or(0);
  if (record.left_out)
    warning.say("refusals without a valid key are too many to be recorded one by one, the last from " +
                record.remote_addr);
}

}  // namespace gatehouse::core
