// What a stream takes from its limits beyond its reservation: extension after extension, from the same accounts, until
// a limit has no more. An extension counts no request and takes no slot; all are given back where the reservation that
// they extend is settled with what the stream has cost. One exchange, one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/reply/allowance.h"
#include "core/reply/reply_meter.h"
#include "limits/bill/estimate.h"
#include "limits/ledger.h"

namespace gatehouse::limits {

class Extensions final : public core::Allowance {
 public:
  static constexpr std::uint64_t kLeast = 16;   // tokens; less is not worth going on for
  static constexpr std::uint64_t kShort = 64;   // tokens of the shortest extension, and
  static constexpr std::uint64_t kLong = 4096;  // of the longest: each is as long as all before it
  static constexpr std::uint64_t kGlance = 64;  // bytes that pass at least before the limits are looked at again

  // estimate.output: what is reserved already. price: as the reservation was made at. REQUIRES: the ledger, the
  // estimate and what the subject points to outlive the extensions.
  Extensions(Ledger& ledger, const Subject& subject, const Estimate& estimate, const core::Price& price);

  // Another attempt begins; those before it have said so many tokens.
  void attempt_began(std::uint64_t said_before) { asker_.before = said_before; }
  // The attempt's provider has limits of its own, from which its reservation was made for this subject at this price.
  void attempt_began_at(const Subject& asked, const core::Price& price);
  void attempt_ended();  // gives back what was taken from the provider's
  Grant more(const core::Usage& said, const core::Unreported& since) override;
  void give_back();  // all

  std::uint64_t tokens() const { return asker_.taken; }  // of all extensions
  // The limit that had no more; nothing: none was asked in vain.
  const std::optional<Scarce>& ended_by() const { return ended_by_; }

 private:
  // Those who pay for one reservation.
  struct Payer {
    Subject subject;
    core::Price price;
    std::uint64_t before = 0;  // tokens that earlier attempts have said on this reservation
    std::uint64_t taken = 0;   // tokens of all extensions
    std::vector<Reservation> held = {};
  };

  std::uint64_t output(const core::Usage& said, const core::Unreported& since);
  Grant more(Payer& payer, std::uint64_t said);
  std::uint64_t take(Payer& payer, std::uint64_t tokens, std::uint64_t least);
  bool reserve(Payer& payer, std::uint64_t tokens);
  static void give_back(Payer& payer);

  Ledger& ledger_;
  const Estimate& estimate_;
  Payer asker_;
  std::optional<Payer> provider_;
  std::size_t counted_bytes_ = 0;  // of the text that came since the last report
  std::uint64_t counted_ = 0;      // the tokens in them
  std::optional<Scarce> ended_by_;
};

}  // namespace gatehouse::limits
