// START HERE for token counts: how many tokens a request or an answer has, before or instead of a report by the
// provider. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/money/money.h"
#include "core/money/quota.h"
#include "core/money/usage.h"
#include "core/reply/reply_meter.h"
#include "core/request/chat_request.h"
#include "limits/accounts/rule.h"
#include "limits/tokens/encoding.h"
#include "limits/tokens/ratios.h"

namespace gatehouse::limits {

constexpr std::uint64_t kDefaultOutputTokens = 4096;  // where neither the caller nor the model sets a bound

struct Estimate {
  std::uint64_t input = 0;
  std::uint64_t guess = 0;             // of the input, from its bytes alone
  std::uint64_t output = 0;            // the most the caller allows, all choices together; a guess where he sets none
  std::string_view method;             // how it was made, for the record; static
  const Encoding* encoding = nullptr;  // that counted the input; nullptr: none did

  // What policies are shown: a number that other callers cannot move.
  std::uint64_t for_policies() const { return encoding != nullptr ? input : guess; }

  Cost cost(const core::Price& price = {}) const {
    return {input, output, core::most_cost(price, input, 0), core::most_cost(price, input, output)};
  }
};

Estimate estimate(const core::ChatRequest& request, std::uint64_t default_output_tokens = kDefaultOutputTokens);
// Corrects the estimate for a model that exists: by counting, if an encoding is given, else by what was learnt.
void correct(Estimate& estimate, const core::ChatRequest& request, const Encoding* encoding, const Ratios& ratios);

// The usage of an attempt whose provider did not report it to the end. It is what was reported on the way, the
// estimated input where none was, plus the text that came since. That text is counted if there is an encoding. Without
// one, many short
// pieces are taken for tokens; longer ones are guessed, corrected by what was learnt of the model.
core::Usage usage_of(const Estimate& estimate, const core::Usage& reported, const core::Unreported& since,
                     const Ratios& ratios, std::string_view model);

// How many tokens of output what is left of the limits pays for, beside `taken`: of those that begin anew with the
// calendar, and for an extension of all. rate: the price of a token, in micro-dollars per million.
std::uint64_t affordable(const core::Quotas& quotas, const Cost& taken, std::int64_t rate);

}  // namespace gatehouse::limits
