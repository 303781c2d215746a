// What the accounts that gateways share have confirmed of this gateway's own spending, an account at a time. Whatever
// becomes of them, they must hold at least that much, so that a server that comes back with less is told again what it
// misses. Counts as the script in Redis does, by the server's clock. Bounded; thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "limits/accounts/shared_accounts.h"

namespace gatehouse::store {

class ConfirmedSpending {
 public:
  // Accounts beyond these are not followed: what is lost of theirs stays lost.
  static constexpr std::size_t kMostAccounts = 1'000'000;

  // Of what refills, level is in the script's ticks as of `at`, the server's time in microseconds; of a window, what
  // was spent in the period `at`.
  struct Told {
    limits::Scope scope = limits::Scope::client;
    limits::Dimension dimension = limits::Dimension::tokens;
    std::string name;
    std::int64_t most = 0;
    std::int64_t level = 0;
    std::int64_t at = 0;
    const core::Calendar* calendar = nullptr;
  };

  // The accounts have taken the item's amount, or been charged with it, at that time by the server's clock.
  void add(const limits::SharedItem& item, std::int64_t server_us);
  // The accounts whose spending has grown since the last call of either; and all of them.
  std::vector<Told> changed();
  std::vector<Told> all();
  // Leaves out what has come free since.
  void forget(std::int64_t server_us);

 private:
  struct Account {
    Told told;
    std::int64_t seen_us = 0;
    bool changed = false;
  };

  std::mutex mutex_;  // guards all below
  std::unordered_map<std::string, Account> accounts_;
  std::vector<std::string> changed_;
};

// The account's place under an epoch, in the names of Redis' keys.
std::string account_name(limits::Scope scope, limits::Dimension dimension, const std::string& name);

}  // namespace gatehouse::store
