// What one exchange has taken from its limits, from before any work until its cost is known. One reservation covers all
// retries. A reservation that is destroyed settles itself, so the accounts are right however an exchange ends.
// Move-only; one thread at a time.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/money/quota.h"
#include "core/status.h"
#include "limits/accounts/moment.h"
#include "limits/accounts/rules.h"
#include "limits/accounts/shared_accounts.h"
#include "limits/accounts/table.h"
#include "limits/lines/line.h"

namespace gatehouse::limits {

class Ledger;

// A limit that had not enough.
struct Scarce {
  Scope scope = Scope::client;
  Dimension dimension = Dimension::tokens;
};

class Reservation {
 public:
  Reservation() = default;  // reserves nothing
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  // Where nothing was settled or released, the reserved amounts stay charged.
  ~Reservation();

  // Charges what was really used, which may leave debt. Frees the concurrency slot; the request stays counted.
  // Only the first settle() or release() counts.
  void settle(std::uint64_t tokens, std::int64_t nanodollars = 0);
  // Gives everything back, the request too.
  void release();

  // As of when it was made; for the answer's headers.
  core::Quotas quotas() const;
  std::uint64_t tokens() const { return tokens_; }  // reserved; before any limit's cap
  const Moment& began() const { return began_; }    // when it was made

 private:
  friend class Ledger;

  struct Part {
    Dimension dimension;
    std::int32_t period;  // of a window: in which it was taken
    std::int64_t amount;
  };
  // What was taken from one account.
  struct Hold {
    Table::Entry* entry = nullptr;
    Scope scope = Scope::client;
    const Line* line = nullptr;  // nullptr: the key's own limits
    DimensionSet decides;
    boost::container::static_vector<Part, core::kDimensionCount> parts;
  };
  // What the accounts shared with other gateways have given, or will be charged when they are back.
  struct Together {
    std::vector<SharedItem> items;
    bool taken = false;
  };

  Reservation(Ledger& ledger, const Subject& subject, const Cost& cost);
  core::Status take_all(const Subject& subject, const Cost& cost);
  core::Status take(const Applied& one, const Subject& subject, const Cost& cost);
  core::Status take(Hold& hold, const Rule& rule, const Subject& subject, const Cost& cost);
  core::Status take_together(const Subject& subject, const Cost& cost);
  core::Status take_slots(const Subject& subject, const Cost& cost);
  core::Status take_alone(const Subject& subject, const Cost& cost);
  core::Status take_part(const Subject& subject, const Cost& cost, bool whatever_is_left);
  Hold* open(const Applied& one);
  void let_go();  // of the slot and the accounts
  template <class Amount>
  void give_back(const Amount& amount);  // amount(row, taken): what is charged on top of it, or given back
  const Rules& rules_of(const Line* line) const { return line != nullptr ? line->rules : *own_; }

  Ledger* ledger_ = nullptr;  // nullptr: a reservation of nothing
  Moment began_;
  std::shared_ptr<const Rules> own_;  // of the key; this gateway's part; nullptr: it has none
  boost::container::small_vector<Hold, 4> holds_;
  std::uint64_t tokens_ = 0;
  std::unique_ptr<Together> together_;  // nullptr: this gateway holds its limits alone
  bool settled_ = true;
  std::optional<Scarce> scarce_;  // the limit that refused; nothing: none has, or what refused is no limit
};

// There is no room for another account.
core::Status too_many_spenders();

// Folds what shared accounts say of one limit in.
void tighten(core::Quotas& quotas, const SharedItem& item);

}  // namespace gatehouse::limits
