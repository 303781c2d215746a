#include "limits/bill/estimate.h"

#include <algorithm>
#include <limits>

#include "core/request/prompt_members.h"

namespace gatehouse::limits {
namespace {

// 3.3 bytes per token: a little above the truth for English (4.1), source code (3.6) and Chinese
// (3.7); below it for text that is no words, such as base64 (1.5). Settling corrects both.
constexpr std::uint64_t kTokensPer33Bytes = 10;
constexpr std::uint64_t kMessageOverhead = 4;  // role and separators
constexpr std::uint64_t kAnswerOverhead = 3;   // what the answer begins with
constexpr std::uint64_t kImage = 765;          // what OpenAI itself reserves for one, whatever is on it
// If a stream's pieces are no longer than this on average, each is taken for a token, and counting them is exact.
constexpr std::uint64_t kTokenBytes = 8;
constexpr std::uint64_t kPicodollars = 1000;  // a nano-dollar

std::uint64_t tokens_in(std::uint64_t bytes) { return (bytes * kTokensPer33Bytes + 32) / 33; }

std::uint64_t count(const core::ChatRequest& request, const Encoding& encoding) {
  const bool chat = request.task() == core::Task::chat;
  std::uint64_t tokens = (chat ? kAnswerOverhead : 0) + kImage * request.images() + tokens_in(request.other_bytes());
  for (const core::Message& message : request.messages())
    tokens += encoding.count(message.text) + (chat ? kMessageOverhead : 0);
  for (const core::Member& member : request.members()) {
    if (core::is_definition(member.name)) tokens += encoding.count(member.value);
  }
  return tokens;
}

std::uint64_t multiply_saturated(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 4;  // sums stay in range
  return b != 0 && a > most / b ? most : a * b;
}

}  // namespace

Estimate estimate(const core::ChatRequest& request, std::uint64_t default_output_tokens) {
  std::uint64_t bytes = request.text_bytes() + request.other_bytes();
  for (const core::Member& member : request.members()) {
    if (core::is_definition(member.name)) bytes += member.value.size();
  }
  const std::uint64_t output = request.max_output_tokens().value_or(default_output_tokens);
  const std::uint64_t input =
      tokens_in(bytes) + kMessageOverhead * request.messages().size() + kImage * request.images();
  return {input, input, multiply_saturated(output, std::max<std::uint64_t>(request.choices(), 1)), "bytes"};
}

void correct(Estimate& estimate, const core::ChatRequest& request, const Encoding* encoding, const Ratios& ratios) {
  if (encoding != nullptr) {
    estimate.input = count(request, *encoding);
    estimate.method = encoding->name();
    estimate.encoding = encoding;
    return;
  }
  estimate.input = ratios.corrected(request.model(), estimate.guess);
  if (estimate.input != estimate.guess) estimate.method = "learnt";
}

core::Usage usage_of(const Estimate& estimate, const core::Usage& reported, const core::Unreported& since,
                     const Ratios& ratios, std::string_view model) {
  core::Usage usage = reported;
  usage.reported &= since.bytes == 0;
  if (usage.input == 0) usage.input = estimate.input;
  if (estimate.encoding != nullptr && !since.text.empty()) {
    const std::uint64_t counted = estimate.encoding->count(since.text);
    // Scaled up for text beyond what was kept.
    usage.output += (counted * since.bytes + since.text.size() - 1) / since.text.size();
  } else if (since.bytes <= since.pieces * kTokenBytes) {
    usage.output += since.pieces;
  } else {
    usage.output += ratios.corrected(model, tokens_in(since.bytes));
  }
  return usage;
}

std::uint64_t affordable(const core::Quotas& quotas, const Cost& taken, std::int64_t rate) {
  std::uint64_t most = UINT64_MAX;
  const auto dear = static_cast<std::uint64_t>(rate);
  for (const core::DimensionInfo& row : core::kDimensions) {
    const core::Quota& quota = quotas[row.dimension];
    if (quota.limit == 0 || row.unit == core::LimitUnit::requests || !(row.is_window() || taken.extends)) continue;
    if (row.is_money() && dear == 0) continue;
    const std::int64_t gone = row.is_money() ? taken.dollars : as_amount(taken.input_tokens);
    const auto left = static_cast<std::uint64_t>(std::max<std::int64_t>(quota.remaining - gone, 0));
    most = std::min(most, row.is_money() ? left * kPicodollars / dear : left);
  }
  return most;
}

}  // namespace gatehouse::limits
