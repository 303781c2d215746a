// The accounts that have changed since the last look, and their balances as plain values: what the ledger is told
// again after a restart. Thread-safe.
#pragma once

#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "limits/accounts/rules.h"
#include "limits/accounts/table.h"

namespace gatehouse::limits {

// One dimension of one spender.
struct Balance {
  Scope scope = Scope::client;
  std::string name;
  Dimension dimension = Dimension::tokens;
  std::int32_t period = 0;  // of a window: which day or month; else 0
  std::int64_t most = 0;    // the limit it was counted under
  std::int64_t spent = 0;   // of a bucket: at unix_ns
  std::int64_t unix_ns = 0;
  // Of the limit that is in force for all gateways, where that is asked for.
  std::int64_t whole = 0;
  const core::Calendar* calendar = &core::Calendar::utc();
};

// What tells one balance from all others.
using BalanceName = std::tuple<Scope, std::string, Dimension, std::int32_t>;
inline BalanceName name_of(const Balance& balance) {
  return {balance.scope, balance.name, balance.dimension, balance.period};
}

// The list of changed accounts. Each is on it once, and pinned while it is.
class Notes {
 public:
  struct Note {
    Table::Entry* entry;
    Scope scope;
    std::shared_ptr<const Rules> own;  // of Scope::own: the limits the amounts are counted under
  };

  void add(Table::Entry& entry, Scope scope, const std::shared_ptr<const Rules>& own) {
    if (entry.second.noted.exchange(true, std::memory_order_acq_rel)) return;
    const std::lock_guard lock(mutex_);
    notes_.push_back({Table::pinned(entry), scope, scope == Scope::own ? own : nullptr});
  }

  // The caller clears each account's `noted` by an exchange, then reads the account, then unpins it.
  std::list<Note> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
  }
  // All that was taken, where there is not the memory to tell it. unread: the first whose `noted` was not cleared.
  void put_back(std::list<Note>& notes, std::list<Note>::iterator unread) {
    for (auto one = notes.begin(); one != unread;) {
      const bool again = one->entry->second.noted.exchange(true, std::memory_order_acq_rel);
      if (again) Table::unpin(*one->entry);  // it has changed since, and is on the list once more
      one = again ? notes.erase(one) : std::next(one);
    }
    const std::lock_guard lock(mutex_);
    notes_.splice(notes_.end(), notes);
  }

 private:
  std::mutex mutex_;
  std::list<Note> notes_;
};

}  // namespace gatehouse::limits
