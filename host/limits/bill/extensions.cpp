#include "limits/bill/extensions.h"

#include <algorithm>
#include <utility>

namespace gatehouse::limits {

Extensions::Extensions(Ledger& ledger, const Subject& subject, const Estimate& estimate, const core::Price& price)
    : ledger_(ledger), estimate_(estimate), asker_{.subject = subject, .price = price} {}

void Extensions::attempt_began_at(const Subject& asked, const core::Price& price) {
  provider_ = Payer{.subject = asked, .price = price};
}

void Extensions::attempt_ended() {
  if (provider_) give_back(*provider_);
  provider_.reset();
  counted_bytes_ = counted_ = 0;
}

void Extensions::give_back() {
  attempt_ended();
  give_back(asker_);
}

core::Allowance::Grant Extensions::more(const core::Usage& said, const core::Unreported& since) {
  const std::uint64_t here = output(said, since);
  const Grant grant = more(asker_, here);
  if (grant.bytes == 0 || !provider_) return grant;
  return {std::min(grant.bytes, more(*provider_, here).bytes), grant.tokens};
}

// A token has a byte at least: until as many bytes have come as there are tokens left, there is nothing to look at.
core::Allowance::Grant Extensions::more(Payer& payer, std::uint64_t said) {
  const std::uint64_t used = payer.before + said;
  std::uint64_t allowed = estimate_.output + payer.taken;
  std::uint64_t added = 0;
  if (used >= allowed) {
    const std::uint64_t behind = used - allowed;
    added = take(payer, behind + std::clamp(allowed, kShort, kLong), behind + kLeast);
    if (added == 0) return {};
    allowed += added;
  }
  return {std::max(allowed - used, kGlance), added};
}

// What is counted is counted once: text that a look has seen already is not split into tokens again.
std::uint64_t Extensions::output(const core::Usage& said, const core::Unreported& since) {
  if (estimate_.encoding == nullptr || since.text.empty()) {
    counted_bytes_ = counted_ = 0;
    return usage_of(estimate_, said, since, ledger_.ratios(), asker_.subject.model).output;
  }
  if (since.text.size() < counted_bytes_) counted_bytes_ = counted_ = 0;
  counted_ += estimate_.encoding->count(std::string_view(since.text).substr(counted_bytes_));
  counted_bytes_ = since.text.size();
  return said.output + counted_ * since.bytes / since.text.size();
}

// Where a whole extension is not to be had, what is left is. 0: less than `least`.
std::uint64_t Extensions::take(Payer& payer, std::uint64_t tokens, std::uint64_t least) {
  if (reserve(payer, tokens)) return tokens;
  const std::int64_t rate = core::most_output_rate(payer.price, estimate_.input);
  const std::uint64_t left = affordable(ledger_.quotas(payer.subject), {.extends = true}, rate);
  if (left < least || left >= tokens || !reserve(payer, left)) return 0;
  ended_by_.reset();
  return left;
}

bool Extensions::reserve(Payer& payer, std::uint64_t tokens) {
  const std::uint64_t before = estimate_.output + payer.taken;
  Cost cost{.output_tokens = tokens, .extends = true};
  cost.dollars = core::most_cost(payer.price, estimate_.input, before + tokens) -
                 core::most_cost(payer.price, estimate_.input, before);
  std::optional<Scarce> scarce;
  core::Result<Reservation> extension = ledger_.reserve(payer.subject, cost, &scarce);
  if (!extension.ok()) return ended_by_ = scarce, false;
  payer.held.push_back(*std::move(extension));
  payer.taken += tokens;
  return true;
}

void Extensions::give_back(Payer& payer) {
  for (Reservation& extension : payer.held) extension.release();
  payer.held.clear();
}

}  // namespace gatehouse::limits
