#include "limits/bill.h"

#include <string>
#include <utility>

namespace gatehouse::limits {

using core::Status;

// What a provider charges for an attempt that was left under way is unknown: the reservation stays charged.
Bill::~Bill() {
  if (state_ == State::under_way) {
    usage_.input = estimate_.input;
    line_.nanodollars = core::cost(price_, usage_);
    book();
  }
  close();
}

Status Bill::open(const Subject& asking, const core::ChatRequest& request, const core::Price& price,
                  const Encoding* encoding) {
  const core::Subject subject = ledger_.newcomers().counted_as(asking, ledger_.now().day());
  estimate_ = limits::estimate(request);
  if (!subject.model.empty()) {
    const bool counts = encoding != nullptr && ledger_.counts_tokens(subject);  // else it does not matter how many
    correct(estimate_, request, counts ? encoding : nullptr, ledger_.ratios());
  }
  core::Result<Reservation> reservation = ledger_.reserve(subject, estimate_.cost(price));
  if (!reservation.ok()) {
    quotas_ = ledger_.quotas(subject);
    return reservation.status();
  }
  reservation_ = *std::move(reservation);
  quotas_ = reservation_.quotas();
  line_.day = reservation_.began().day();
  line_.client = subject.client;
  line_.key = subject.key;
  line_.model = subject.model;
  line_.requests = 1;
  state_ = State::open;
  return {};
}

void Bill::attempt_began(const core::Price& price) {
  price_ = price;
  state_ = State::under_way;
}

// A provider charges for an answer that has begun, and for one that was lost midway. Anything else costs nothing.
// After either no other target is asked, so one attempt at most is charged.
void Bill::attempt_ended(const Status& status, const core::ReplyMeter& meter) {
  state_ = State::open;
  if (!meter.began() && (status.ok() || !status.failure().half_answered)) return;
  usage_ = meter.usage();
  if (!usage_.reported || !meter.complete())
    usage_ = usage_of(estimate_, meter.usage(), meter.unreported(), ledger_.ratios(), line_.model);
  line_.nanodollars = core::cost(price_, usage_);
  if (usage_.reported && !line_.model.empty()) ledger_.ratios().learn(line_.model, estimate_.guess, usage_.input);
}

void Bill::close() {
  if (state_ == State::unopened || state_ == State::closed) return;
  reservation_.settle(usage_.total(), line_.nanodollars);
  book();
}

// Who used what, for the operator.
void Bill::book() {
  state_ = State::closed;
  line_.input = static_cast<std::int64_t>(usage_.input);
  line_.output = static_cast<std::int64_t>(usage_.output);
  line_.cached = static_cast<std::int64_t>(usage_.cached);
  line_.reasoning = static_cast<std::int64_t>(usage_.reasoning);
  ledger_.usage().add(line_);
}

}  // namespace gatehouse::limits
