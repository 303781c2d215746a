#include "limits/bill/bill.h"

#include <algorithm>
#include <string>
#include <utility>

namespace gatehouse::limits {

using core::Status;

namespace {

constexpr std::uint64_t kLeastBound = 16;   // tokens; an answer shorter than that is not worth its prompt
constexpr int kMostLowerings = 4;           // of a bound, while others take from the same limits
constexpr std::uint64_t kSlackParts = 8;    // a provider may pass its bound by one part of so many, and
constexpr std::uint64_t kSlackTokens = 64;  // by so many tokens

bool is_good(int http_status) { return http_status >= 200 && http_status < 300; }

void add(core::Usage& sum, const core::Usage& usage, bool first) {
  sum.reported = usage.reported && (first || sum.reported);
  sum.input += usage.input;
  sum.output += usage.output;
  sum.cached += usage.cached;
  sum.cache_write += usage.cache_write;
  sum.reasoning += usage.reasoning;
  sum.cache_write_1h += usage.cache_write_1h;
  sum.audio_input += usage.audio_input;
  sum.image_input += usage.image_input;
  sum.audio_output += usage.audio_output;
}

Status no_price(std::string_view model) {
  return {core::Code::config, "The model '" + std::string(model) +
                                  "' has no price, and this key has a budget in dollars. Whoever runs the gateway "
                                  "should give the model a `price` in its configuration, or say that it is `free`"};
}

}  // namespace

// What a provider charges for an attempt that was left under way is unknown: it may be all that was reserved.
Bill::~Bill() {
  const std::uint64_t more = extensions_ ? extensions_->tokens() : 0;
  if (state_ == State::under_way) charge({.input = estimate_.input, .output = estimate_.output + more});
  close();
}

Status Bill::open(const Subject& asking, const core::ChatRequest& request, const Terms& terms) {
  const std::int32_t today = ledger_.now().day();
  subject_ = ledger_.newcomers().counted_as(asking, today, tags_);
  const core::Subject& subject = subject_;
  if (!terms.priced && subject.own != nullptr && core::counts_money(*subject.own)) return no_price(subject.model);
  const bool named = request.max_output_tokens().has_value();
  // Else it does not matter how many there are, but to a stream, which may pass its bound.
  const bool matters = !named || terms.encoding != nullptr;
  const bool limited = !subject.model.empty() && (matters || request.stream()) && ledger_.counts_tokens(subject);
  const bool counts = limited && matters;
  if (counts && !named) output_bound_ = terms.max_output != 0 ? terms.max_output : kDefaultOutputTokens;
  estimate_ = limits::estimate(request, output_bound_.value_or(kDefaultOutputTokens));
  if (!subject.model.empty()) correct(estimate_, request, counts ? terms.encoding : nullptr, ledger_.ratios());
  bounded_ = named || output_bound_;
  whole_ = !request.stream();
  teaches_ = request.images() == 0 && request.other_bytes() == 0;
  core::Result<Reservation> reservation = reserve(subject, request, terms);
  if (!reservation.ok()) return reservation.status();
  reservation_ = *std::move(reservation);
  if (limited && request.stream()) extensions_.emplace(ledger_, subject, estimate_, terms.price);
  quotas_ = reservation_.quotas();
  line_.day = reservation_.began().day();
  line_.client = subject.client;
  line_.key = subject.key;
  line_.model = subject.model;
  line_.requests = 1;
  state_ = State::open;
  return {};
}

// Near the end of a budget, an answer whose caller set no bound is bounded by what is left.
core::Result<Reservation> Bill::reserve(const Subject& subject, const core::ChatRequest& request, const Terms& terms) {
  for (int lowered = 0;; ++lowered) {
    core::Result<Reservation> reservation = ledger_.reserve(subject, estimate_.cost(terms.price));
    if (reservation.ok()) return reservation;
    quotas_ = ledger_.quotas(subject);
    if (lowered == kMostLowerings || !lower_bound(request.choices(), terms.price)) return reservation;
  }
}

// False: there is none of ours, or the limits that refused it are others, or leave too little.
bool Bill::lower_bound(std::uint64_t choices, const core::Price& price) {
  const std::uint64_t all = std::max<std::uint64_t>(choices, 1);
  const Cost input{.input_tokens = estimate_.input, .dollars = core::most_cost(price, estimate_.input, 0)};
  const std::uint64_t each = affordable(quotas_, input, core::most_output_rate(price, estimate_.input)) / all;
  if (!output_bound_ || each >= *output_bound_ || each < kLeastBound) return false;
  output_bound_ = each;
  estimate_.output = each * all;
  return true;
}

core::Belief Bill::belief() const {
  core::Belief belief;
  belief.input = std::max(belief.input, 2 * estimate_.input);
  const std::uint64_t slack = estimate_.output / kSlackParts + kSlackTokens;
  if (bounded_) belief.answer = std::min(belief.answer, estimate_.output + slack);
  return belief;
}

Status Bill::attempt_began(std::string_view provider, const core::Price& price) {
  price_ = price;
  last_ = {};
  if (extensions_) extensions_->attempt_began(spent_.usage.output);
  if (ledger_.limits_providers()) {
    core::Subject asked = subject_;
    asked.provider = provider;
    GH_ASSIGN(at_provider_, ledger_.reserve(asked, estimate_.cost(price)));
    if (extensions_) extensions_->attempt_began_at(asked, price);
  }
  state_ = State::under_way;
  return {};
}

void Bill::attempt_ended(const Status& status, const core::ReplyMeter& meter, const Handover& handover) {
  state_ = State::open;
  const bool said = meter.spoke() || meter.usage().total() != 0;
  const bool bad_status = handover.http_status != 0 && !is_good(handover.http_status);
  const bool refused = !status.ok() && (status.failure().refused || bad_status);
  const bool sent = handover.sent || is_good(handover.http_status) || status.ok();
  if (!said && (refused || !sent)) {
    sent ? at_provider_.settle(0) : at_provider_.release();
    if (extensions_) extensions_->attempt_ended();
    return;
  }
  core::Usage usage = meter.usage();
  if (!usage.reported || !meter.complete() || meter.unreported().bytes != 0)
    usage = usage_of(estimate_, usage, meter.unreported(), ledger_.ratios(), line_.model);
  // Nobody ends the making of an answer that was asked for as a whole, whoever has stopped waiting for it.
  if (whole_ && !status.ok() && !refused && !meter.complete() && meter.usage().output == 0)
    usage.output = std::max(usage.output, estimate_.output);
  charge(usage);
  if (usage.reported && teaches_ && !line_.model.empty())
    ledger_.ratios().learn(line_.model, estimate_.guess, usage.input);
}

void Bill::charge(const core::Usage& usage) {
  last_ = {usage, core::cost(price_, usage)};
  add(spent_.usage, usage, spent_.usage.total() == 0);
  spent_.nanodollars += last_.nanodollars;
  at_provider_.settle(last_.usage.total(), last_.nanodollars);
  if (extensions_) extensions_->attempt_ended();
}

void Bill::close() {
  if (state_ == State::unopened || state_ == State::closed) return;
  reservation_.settle(spent_.usage.total(), spent_.nanodollars);
  if (extensions_) extensions_->give_back();
  book();
}

// Who used what, for the operator.
void Bill::book() {
  state_ = State::closed;
  line_.input = as_amount(spent_.usage.input);
  line_.output = as_amount(spent_.usage.output);
  line_.cached = as_amount(spent_.usage.cached);
  line_.reasoning = as_amount(spent_.usage.reasoning);
  line_.nanodollars = spent_.nanodollars;
  ledger_.usage().add(line_);
}

}  // namespace gatehouse::limits
