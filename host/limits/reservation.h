// What one exchange has taken from its limits, from before any work until its cost is known. Owned by
// whoever owns the stream: when it goes, the books are right. Held once for all retries. Move-only;
// one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/quota.h"
#include "core/status.h"
#include "limits/moment.h"
#include "limits/rules.h"
#include "limits/table.h"

namespace gatehouse::limits {

class Ledger;

// What stays charged when a reservation is given back.
enum class Keep : std::uint8_t { nothing, request };

class Reservation {
 public:
  Reservation() = default;  // of nothing
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  // Settles with what was noted last; with what was reserved when nothing was.
  ~Reservation();

  // What has been used so far, in case settle() is never reached. A later call replaces an earlier one.
  void note(std::uint64_t tokens, std::int64_t nanodollars = 0) { noted_ = {tokens, nanodollars}; }
  // Charges what was really used, which may leave debt. Frees the concurrency slot.
  // Only the first settle() or release() counts.
  void settle(std::uint64_t tokens, std::int64_t nanodollars = 0);
  // Gives the tokens and the money back, and the request too unless it is kept.
  void release(Keep keep = Keep::request);

  // As of now; for the answer's headers.
  core::Quotas quotas() const;
  std::uint64_t tokens() const { return tokens_; }  // reserved; before any limit's cap

 private:
  friend class Ledger;

  // What one scope has given.
  struct Hold {
    Table::Entry* entry = nullptr;
    Scope scope = Scope::client;
    std::array<std::int64_t, kDimensions> amounts{};
    std::array<bool, kDimensions> taken{};
  };
  struct Spent {
    std::uint64_t tokens;
    std::int64_t nanodollars;
  };

  Reservation(Ledger& ledger, const Subject& subject, const Cost& cost);
  core::Status take_all(const Subject& subject, const Cost& cost);
  core::Status take(Scope scope, const Rules& rules, const Subject& subject, const Cost& cost);
  void close(const std::optional<Spent>& spent);  // nullopt: what was reserved is right
  template <class Amount>
  void give_back(const Amount& amount);  // amount(dimension, taken): what is charged on top of it, or given back
  void unpin();
  const Rules& rules_of(Scope scope) const;

  Ledger* ledger_ = nullptr;  // nullptr: a reservation of nothing
  Moment began_;
  Rules own_;  // of the key
  std::array<Hold, kScopes> holds_;
  std::size_t hold_count_ = 0;
  std::uint64_t tokens_ = 0;
  std::optional<Spent> noted_;
  bool settled_ = true;
};

// The tightest of each kind: folds one more rule's quota in.
void tighten(core::Quotas& quotas, Dimension dimension, const core::Quota& quota);

}  // namespace gatehouse::limits
