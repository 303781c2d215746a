// Decides which accounts are warned of: those that have spent a share of their limit, which the limit's `warn` names,
// for the first time in its period. Of a limit by the minute an account is warned of once an hour at most. It looks at
// balances that have changed, off the path of requests. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "limits/ledger.h"

namespace gatehouse::limits {

// An account that has spent so much of its limit that somebody should know.
struct LimitWarning {
  Balance balance;         // `most` and `spent` are those of all gateways that share the limit
  std::int64_t share = 0;  // that is warned of, in thousandths
  std::int32_t period = 0; // in which it is told once
  std::int64_t ends = 0;   // of a window: unix time in seconds; the greatest number: never; of a bucket: 0
};

class SoftLimits {
 public:
  static constexpr std::size_t kMostTold = 200'000;  // accounts that are remembered; of more, none is warned of

  static constexpr std::size_t kMostAsked = 200;  // accounts, where they are shared: those this gateway has used most of

  // Whom it has told of stays told.
  void set_rules(std::span<const core::LimitRule> rules);

  // Those of the balances that are to be told now. With shared accounts, those are asked, which may wait a moment.
  std::vector<LimitWarning> passed(std::span<const Balance> changed, const Ledger& ledger);
  // The balances of before a restart: what had passed then was told then. REQUIRES: no account is shared.
  void restore(std::span<const Balance> balances, const Moment& now);

  std::size_t told() const { return told_.size(); }

 private:
  struct Soft {
    std::int64_t share = 0;  // 0: not warned of
    std::int64_t most = 0;   // of all gateways; 0: of a key's own limit, which the balance says
    const core::Calendar* calendar = &core::Calendar::utc();
  };
  using Account = std::tuple<Scope, std::string, Dimension>;

  Soft soft(const Balance& balance) const;
  bool was_told(const LimitWarning& warning) const;
  bool remember(const LimitWarning& warning);
  std::vector<LimitWarning> watched(std::span<const Balance> balances, const Moment& now) const;

  bool any_ = false;
  std::map<std::tuple<Scope, std::string, Dimension>, Soft, std::less<>> soft_;  // by the lines' labels
  std::map<Account, std::int32_t> told_;  // the period in which it was told last
};

// From how much on the share is spent, rounded up.
std::int64_t warned_from(std::int64_t most, std::int64_t thousandths);

}  // namespace gatehouse::limits
