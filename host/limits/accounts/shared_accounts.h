// Accounts that several gateways share, outside of all of them. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "limits/accounts/rule.h"

namespace gatehouse::limits {

// One dimension of one spender, never a slot, and how it stands.
struct SharedItem {
  Scope scope = Scope::client;
  std::string name;
  Dimension dimension = Dimension::tokens;
  std::int64_t most = 0;    // the limit
  std::int64_t amount = 0;  // to be taken, or charged: below 0 gives back
  std::int32_t period = 0;  // of a window: which one it was taken in
  const core::Calendar* calendar = &core::Calendar::utc();  // of a window
  bool of_others = false;  // of a charge below 0: gives back what other gateways have spent, not what this one has

  bool fits = true;             // the amount was there
  std::int64_t remaining = 0;   // below 0: debt
  std::int64_t until_full = 0;  // nanoseconds; of a window: until its end, a year at most
  std::int64_t until_fits = 0;  // nanoseconds; of a window: 0
};

class SharedAccounts {
 public:
  enum class Taken : std::uint8_t { all, none, unknown };

  virtual ~SharedAccounts() = default;

  // Takes every amount or none, within a time-out. all, none: each item then tells its account's state, with a window's
  // period by the accounts' own clock. unknown: the accounts are unreachable.
  virtual Taken take(std::span<SharedItem> items) = 0;
  // Charges the amount as soon as the accounts can be reached. Never waits.
  virtual void charge(const SharedItem& item) = 0;
  // This gateway has spent so much that the accounts should know of already: before it was started anew, or in the
  // process that it takes over from. They are told again if they do not. Never waits.
  virtual void remember(const SharedItem& item) = 0;

  virtual bool reachable() const = 0;
  virtual std::uint64_t failures() const = 0;  // how often they were lost
};

struct Sharing {
  SharedAccounts* accounts = nullptr;  // nullptr: this gateway holds its limits alone
  core::WhenAway when_away = core::WhenAway::degrade;
  std::int64_t gateways = 1;  // how many hold them together
};

}  // namespace gatehouse::limits
