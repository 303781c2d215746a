// One limit in force: a dimension and the most of it. Immutable; the accounts that it is applied to hold the spending.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/money/limit_rule.h"
#include "core/money/quota.h"
#include "core/status.h"
#include "limits/accounts/account.h"
#include "limits/accounts/moment.h"

namespace gatehouse::limits {

using core::Scope;
using core::Subject;

// In dollars for money, else the number as it is.
std::string amount_text(const DimensionInfo& row, std::int64_t amount);

// Tokens as an account counts them; what is far beyond any limit is cut.
std::int64_t as_amount(std::uint64_t tokens);

// What a request is expected to cost. Money in nano-dollars.
struct Cost {
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t input_dollars = 0;
  std::int64_t dollars = 0;  // input and output
  bool extends = false;      // a request that is under way: it counts none, and has its slot

  std::uint64_t tokens() const { return input_tokens + output_tokens; }
};

class Rule {
 public:
  Rule() = default;
  Rule(Dimension dimension, std::int64_t most) : row_(&core::info(dimension)), most_(most), rate_(most) {}
  Rule(Dimension dimension, std::int64_t most, const core::Calendar& calendar)
      : row_(&core::info(dimension)), calendar_(&calendar), most_(most), rate_(most) {}

  Dimension dimension() const { return row_->dimension; }
  const DimensionInfo& info() const { return *row_; }
  std::int64_t most() const { return most_; }
  const core::Calendar& calendar() const { return calendar_ != nullptr ? *calendar_ : core::Calendar::utc(); }
  std::int64_t offset(const Moment& now) const { return calendar().offset(now.unix_ns / 1'000'000'000); }
  const Rate& rate() const { return rate_; }  // has a meaning for what is kept in a bucket

  // How much of this limit the cost takes. Of what refills, never more than the whole, so that it can be met one day.
  std::int64_t amount(const Cost& cost) const;
  bool concerns(const Cost& cost) const { return !cost.extends || row_->unit != core::LimitUnit::requests; }
  bool can_ever_hold(const Cost& cost) const;  // of what refills, whether the input alone fits

  bool take(Account& account, std::int64_t amount, const Moment& now) const;
  // Takes the amount whether it is there or not. Does nothing for slots.
  void charge(Account& account, std::int64_t amount, const Moment& now) const;
  core::Period present(const Moment& now) const;  // of the window; else of the total
  std::int32_t period(const Account& account, const Moment& now) const;                     // of the window; else 0
  std::int64_t wait(const Account& account, std::int64_t amount, const Moment& now) const;  // ns until it may be there
  std::int64_t spent(const Account& account, const Moment& now) const;
  std::chrono::nanoseconds until_end(const Moment& now) const;  // of the window's period
  core::Quota quota(const Account& account, const Moment& now) const;

  // The refusal that the caller gets.
  core::Status refused(const std::string& spender, std::int64_t wait) const;
  core::Status refused_too_large(const std::string& spender, const Cost& cost) const;

 private:
  const DimensionInfo* row_ = &core::kDimensions[0];
  const core::Calendar* calendar_ = nullptr;  // UTC's: reservations make many rules that mean nothing
  std::int64_t most_ = 0;
  Rate rate_;
};

// The first period of the window that may still go on somewhere on earth.
std::int32_t earliest_period(const DimensionInfo& row, const Moment& now);

}  // namespace gatehouse::limits
