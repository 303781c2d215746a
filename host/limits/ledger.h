// START HERE: who may spend how much. Every exchange reserves before it does any work, and settles once
// its cost is known; the ledger lives as long as the gateway, whatever is reloaded. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/money/limit_rule.h"
#include "core/money/quota.h"
#include "core/status.h"
#include "limits/accounts/moment.h"
#include "limits/accounts/readers.h"
#include "limits/accounts/rules.h"
#include "limits/accounts/shared_accounts.h"
#include "limits/accounts/table.h"
#include "limits/correction.h"
#include "limits/lines/book.h"
#include "limits/newcomers.h"
#include "limits/notes.h"
#include "limits/reservation.h"
#include "limits/tokens/ratios.h"
#include "limits/usage_book.h"

namespace gatehouse::limits {

class Ledger {
 public:
  static constexpr std::size_t kMaxSubjects = 1'000'000;

  // max_subjects: how many spenders are remembered in one scope at a time. sharing: the accounts that several gateways
  // hold together. The accounts here are then this gateway's part; it decides while the shared ones are unreachable.
  // newcomers_a_day: how many clients, and as many keys, that nobody vouches for are told apart in a day.
  explicit Ledger(std::span<const core::LimitRule> rules = {}, Clock clock = real_time,
                  std::size_t max_subjects = kMaxSubjects, Sharing sharing = {},
                  std::size_t newcomers_a_day = Newcomers::kADay);

  // Takes from every limit that applies, or from none. Waits for nothing but shared accounts. rate_limited: retry_after
  // says when the limit would let this request pass; retry_useless says that waiting is no use. The reservation must
  // not outlive the ledger. scarce: is told the limit that refused, nothing where it was none.
  core::Result<Reservation> reserve(const Subject& subject, const Cost& cost, std::optional<Scarce>* scarce = nullptr);

  // Whether a limit of tokens or money applies to them.
  bool counts_tokens(const Subject& subject) const;

  // Whether some line is `per: provider`: an attempt needs a reservation of its own then.
  bool limits_providers() const { return limits_providers_.load(std::memory_order_relaxed); }

  // The tags that the lines speak of; empty where there are none.
  std::shared_ptr<const std::vector<std::string>> tags() const;
  bool asks_for_tags() const { return asks_for_tags_.load(std::memory_order_relaxed); }

  // What a refused caller is told of its limits.
  core::Quotas quotas(const Subject& subject) const;

  // Replaces the limits. Spending stays on the accounts; running exchanges keep their slots.
  void set_rules(std::span<const core::LimitRule> rules);

  // The balances that changed since the last call, as they are now.
  std::vector<Balance> changes();
  // Restores the balances of before a restart. REQUIRES: nothing has been reserved yet.
  void restore(std::span<const Balance> balances);
  // What the present periods have cost before a limit was added within them: its accounts have spent that much at
  // least. Shared accounts are told what this gateway adds.
  void begin_with(std::span<const Balance> spending);
  // Forgets accounts that have nothing to remember.
  void forget_idle();
  // The concurrency slots that are taken, as balances.
  std::vector<Balance> slots();
  // Charges what another gateway, which this one takes over from, tells of its spending: `spent` is by how much more.
  void charge(std::span<const Balance> differences);
  // Calls visit(balance) for everybody's balances under the configured limits; a key's own limits are not among them.
  // `scope`, and `name` in it: only theirs. Some accounts are locked meanwhile: visit must not use the ledger.
  void each_balance(std::optional<Scope> scope, std::optional<std::string_view> name,
                    const std::function<void(Balance&&)>& visit);
  std::vector<Balance> balances();  // all of them
  // Of each limit of the configuration, slots left out, the account that has used the largest part of it. Looks at
  // every account.
  std::vector<Balance> fullest();
  // What a key has spent under its own limits, as far as this gateway knows; slots are left out.
  std::vector<Balance> own_balances(const std::string& key, const core::LimitRule& own) const;
  // Gives spending back. own: of Scope::own, the limits of the key; nullptr: there is no such key. invalid_request:
  // there is no such limit, or nothing is spent; overloaded: the shared accounts are unreachable.
  core::Result<Corrected> correct(const Correction& correction, const core::LimitRule* own = nullptr);
  // What all gateways together have spent and may spend, for the same spenders. Empty: the limits are not shared, or
  // the shared accounts are unreachable.
  std::vector<Balance> together(std::span<const Balance> balances) const;
  std::vector<Line> lines() const;  // that are in force
  // Whose account under this line such a request is counted on in this dimension; nothing: the line does not decide.
  std::optional<std::string> spender_under(const Line& line, Dimension dimension, const Subject& subject) const;

  Newcomers& newcomers() { return newcomers_; }
  const Newcomers& newcomers() const { return newcomers_; }
  UsageBook& usage() { return usage_; }
  Ratios& ratios() { return ratios_; }
  const SharedAccounts* shared() const { return sharing_.accounts; }  // nullptr: none
  Moment now() const { return clock_(); }

 private:
  friend class Reservation;

  using AppliedLines = boost::container::small_vector<Applied, 8>;
  struct InForce {
    Rule whole;
    Rules part;
  };
  core::Result<InForce> in_force(const Correction& correction, const core::LimitRule* own) const;
  Book& book(Scope scope) { return *books_[static_cast<std::size_t>(scope)]; }
  const Book& book(Scope scope) const { return *books_[static_cast<std::size_t>(scope)]; }
  // In the order in which they are asked. own: what the subject's key limits, nullptr: nothing; in these it stands in
  // for what every key is limited to.
  AppliedLines applied(const Subject& subject, const Rules* own) const;
  Table::Entry* pin(Scope scope, std::string_view account, const Moment& now);
  void restore(const Balance& balance, const Moment& now);
  void remember(const Balance& balance, const Rule& rule, std::int32_t period);
  void charge(const Balance& difference, const Rules& rules, const Moment& now);
  std::vector<SharedItem> shared_items(const Subject& subject, const Cost& cost, const Moment& now) const;
  core::Quotas own_quotas(const Subject& subject) const;
  std::string described(const SharedItem& item, const Subject& subject) const;

  const Clock clock_;
  const Sharing sharing_;
  Readers readers_;  // shared while accounts are worked on, exclusive while the rules change
  std::array<std::unique_ptr<Book>, core::kScopeCount> books_;
  std::atomic<bool> limits_providers_{false}, asks_for_tags_{false};
  std::shared_ptr<const std::vector<std::string>> tags_;  // guarded by readers_
  bool counts_tokens_ = false;                            // some line limits tokens or money; guarded by readers_
  Newcomers newcomers_;
  Notes notes_;
  UsageBook usage_;
  Ratios ratios_;
};

}  // namespace gatehouse::limits
