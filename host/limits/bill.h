// START HERE for what one exchange costs. A bill is opened with a reservation before any work, is told how each attempt
// ended, and is closed once: closing settles the limits with the real usage and puts the usage in the books. A bill
// that is destroyed open closes itself. One exchange, one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/money/money.h"
#include "core/money/quota.h"
#include "core/money/usage.h"
#include "core/reply/reply_meter.h"
#include "core/request/chat_request.h"
#include "core/status.h"
#include "limits/estimate.h"
#include "limits/ledger.h"
#include "limits/reservation.h"
#include "limits/tokens/encoding.h"
#include "limits/usage_book.h"

namespace gatehouse::limits {

class Bill {
 public:
  // REQUIRES: the ledger outlives the bill.
  explicit Bill(Ledger& ledger) : ledger_(ledger) {}
  Bill(const Bill&) = delete;
  Bill& operator=(const Bill&) = delete;
  ~Bill();

  // Estimates what the request will cost and reserves it. A refusal names the limit and takes nothing.
  // asking.model: empty if the model does not exist. encoding: of the model's texts; nullptr: not known.
  // REQUIRES: called once, and first.
  core::Status open(const Subject& asking, const core::ChatRequest& request, const core::Price& price,
                    const Encoding* encoding);
  // From now on a provider may charge this price for what it does.
  void attempt_began(const core::Price& price);
  // Says how the attempt ended. REQUIRES: the meter saw this attempt alone.
  void attempt_ended(const core::Status& status, const core::ReplyMeter& meter);
  // Settles and books; a second call does nothing. Call it before the answer is completed: from its last byte on the
  // caller may ask again.
  void close();

  const core::Quotas& quotas() const { return quotas_; }  // as they were when it was opened, or refused
  const Estimate& estimate() const { return estimate_; }
  std::uint64_t reserved_tokens() const { return reservation_.tokens(); }
  const core::Usage& usage() const { return usage_; }  // so far
  std::int64_t nanodollars() const { return line_.nanodollars; }

 private:
  enum class State : std::uint8_t { unopened, open, under_way, closed };

  void book();

  Ledger& ledger_;
  State state_ = State::unopened;
  Estimate estimate_;
  Reservation reservation_;
  core::Quotas quotas_;
  core::Price price_;  // of the attempt under way
  core::Usage usage_;
  UsageLine line_;  // as it will stand in the books
};

}  // namespace gatehouse::limits
