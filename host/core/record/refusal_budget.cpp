#include "core/record/refusal_budget.h"

#include <arpa/inet.h>

#include <utility>

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

}  // namespace gatehouse::core
