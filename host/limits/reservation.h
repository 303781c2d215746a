// What one exchange has taken from its limits, from before any work until its cost is known. Owned by
// whoever owns the stream: when it goes, the books are right. Held once for all retries. Move-only;
// one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/quota.h"
#include "core/status.h"
#include "limits/rules.h"

namespace gatehouse::limits {

// What stays charged when a reservation is given back.
enum class Keep : std::uint8_t { nothing, request };

class Reservation {
 public:
  Reservation() = default;  // of nothing
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  // Settles with the tokens noted last; with what was reserved when none were.
  ~Reservation();

  // What has been used so far, in case settle() is never reached. A later call replaces an earlier one.
  void note(std::uint64_t tokens) { noted_ = tokens; }
  // Charges what was really used, which may leave debt. Frees the concurrency slot.
  // Only the first settle() or release() counts.
  void settle(std::uint64_t tokens);
  // Gives the tokens back, and the request too unless it is kept.
  void release(Keep keep = Keep::request);

  // As of now; for the answer's headers.
  core::Quotas quotas() const;
  std::uint64_t tokens() const { return tokens_; }  // reserved; before any limit's cap

 private:
  friend class Ledger;
  struct Hold {
    const Rule* rule = nullptr;
    Cell* cell = nullptr;
    std::int64_t amount = 0;
  };

  Reservation(std::shared_ptr<const Rules> rules, const Cost& cost);
  core::Status take_all(const Subject& subject, const Cost& cost);
  core::Status take(const Rule& rule, const Subject& subject, const Cost& cost, std::int64_t now);
  void close(std::optional<std::uint64_t> tokens);  // nullopt: what was reserved is right
  void unpin();

  std::shared_ptr<const Rules> rules_;  // nullptr: a reservation of nothing
  std::array<Hold, kMaxRules> holds_;
  std::size_t hold_count_ = 0;
  std::uint64_t tokens_ = 0;
  std::optional<std::uint64_t> noted_;
  bool settled_ = true;
};

// The tightest of each kind: folds one more rule's quota in.
void tighten(core::Quotas& quotas, Dimension dimension, const core::Quota& quota);

}  // namespace gatehouse::limits
