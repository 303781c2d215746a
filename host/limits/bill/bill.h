// START HERE for what one exchange costs. A bill is opened with a reservation before any work, is told how each attempt
// ended, and is closed once: closing settles the limits with the real usage and puts the usage in the books. A bill
// that is destroyed open closes itself. One exchange, one thread at a time.
//
// Handed over is spent: once a request was sent to a provider it costs at least its prompt and what has come of the
// answer, unless the provider refused it. Attempts add up.
#pragma once

#include <cstdint>
#include <optional>

#include "core/money/money.h"
#include "core/money/quota.h"
#include "core/money/usage.h"
#include "core/reply/reply_meter.h"
#include "core/request/chat_request.h"
#include "core/status.h"
#include "limits/bill/estimate.h"
#include "limits/bill/extensions.h"
#include "limits/ledger.h"
#include "limits/reservation.h"
#include "limits/tokens/encoding.h"
#include "limits/usage_book.h"

namespace gatehouse::limits {

// What an answer of the model that was asked for may cost.
struct Terms {
  core::Price price = {};              // of its dearest target
  bool priced = true;                  // the price of each target is known
  std::uint64_t max_output = 0;        // where the caller names no bound; 0: kDefaultOutputTokens
  const Encoding* encoding = nullptr;  // of its texts; nullptr: not known
};

// How far an attempt came.
struct Handover {
  bool sent = false;    // all of the request was
  int http_status = 0;  // the provider's; 0: it did not answer
};

class Bill {
 public:
  // REQUIRES: the ledger outlives the bill.
  explicit Bill(Ledger& ledger) : ledger_(ledger) {}
  Bill(const Bill&) = delete;
  Bill& operator=(const Bill&) = delete;
  ~Bill();

  // Estimates what the request will cost and reserves it. A refusal names the limit and takes nothing; config: the key
  // has a budget in dollars, and the model no price.
  // asking.model: empty if the model does not exist. REQUIRES: called once, and first; what `asking` points to outlives
  // the bill.
  core::Status open(const Subject& asking, const core::ChatRequest& request, const Terms& terms);
  // From now on the provider may charge this price for what it does. A refusal names a limit of the provider: it must
  // not be asked.
  core::Status attempt_began(std::string_view provider, const core::Price& price);
  // Says how the attempt ended. REQUIRES: the meter saw this attempt alone.
  void attempt_ended(const core::Status& status, const core::ReplyMeter& meter, const Handover& handover);
  // Settles and books; a second call does nothing. Call it before the answer is completed: from its last byte on the
  // caller may ask again.
  void close();

  const core::Quotas& quotas() const { return quotas_; }  // as they were when it was opened, or refused
  const Estimate& estimate() const { return estimate_; }
  std::uint64_t reserved_tokens() const { return reservation_.tokens() + (extensions_ ? extensions_->tokens() : 0); }
  // For the meter of a stream whose tokens or money are limited; else nullptr.
  core::Allowance* allowance() { return extensions_ ? &*extensions_ : nullptr; }
  // The limit that had no more for a stream.
  std::optional<Scarce> ended_by() const { return extensions_ ? extensions_->ended_by() : std::nullopt; }
  // The bound that each choice of the answer is given where the caller named none: what was reserved for it. Nothing:
  // he did, or nobody counts.
  const std::optional<std::uint64_t>& output_bound() const { return output_bound_; }
  core::Belief belief() const;  // in what a provider says of its usage

  struct Charge {
    core::Usage usage;
    std::int64_t nanodollars = 0;
  };
  const Charge& last() const { return last_; }    // what the last attempt that has ended costs
  const Charge& spent() const { return spent_; }  // all attempts together

 private:
  enum class State : std::uint8_t { unopened, open, under_way, closed };

  core::Result<Reservation> reserve(const Subject& subject, const core::ChatRequest& request, const Terms& terms);
  bool lower_bound(std::uint64_t choices, const core::Price& price);
  void charge(const core::Usage& usage);
  void book();

  Ledger& ledger_;
  State state_ = State::unopened;
  Estimate estimate_;
  std::optional<std::uint64_t> output_bound_;
  bool bounded_ = false;  // the provider is told how much it may say
  bool whole_ = false;    // the answer is asked for as a whole: nobody can end its making
  bool teaches_ = false;  // the prompt is text alone, and its usage says something of the model's vocabulary
  core::Subject subject_;
  std::vector<core::Tag> tags_;  // of the subject, as they are counted
  Reservation reservation_;
  Reservation at_provider_;  // of the attempt under way, from what its provider is limited to
  std::optional<Extensions> extensions_;
  core::Quotas quotas_;
  core::Price price_;  // of the attempt under way
  Charge last_;
  Charge spent_;
  UsageLine line_;  // as it will stand in the books
};

}  // namespace gatehouse::limits
