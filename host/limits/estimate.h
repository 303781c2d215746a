// How many tokens something costs, guessed from its bytes before, or instead of, a count by the
// provider. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/money/money.h"
#include "core/money/usage.h"
#include "core/reply/reply_meter.h"
#include "core/request/chat_request.h"
#include "limits/encoding.h"
#include "limits/ratios.h"
#include "limits/rule.h"

namespace gatehouse::limits {

constexpr std::uint64_t kDefaultOutputTokens = 1024;  // where the caller sets no bound

struct Estimate {
  std::uint64_t input = 0;
  std::uint64_t guess = 0;   // of the input, before it was set right by what the model's provider has reported
  std::uint64_t output = 0;  // the most the caller allows, all choices together
  std::string_view method;   // how it was made, for the record; static
  const Encoding* encoding = nullptr;  // that counted it; nullptr: none

  Cost cost(const core::Price& price = {}) const {
    return {input, output, core::most_cost(price, input, 0), core::most_cost(price, input, output)};
  }
};

Estimate estimate(const core::ChatRequest& request, std::uint64_t default_output_tokens = kDefaultOutputTokens);
// Set right for a request whose model exists: counted where its encoding is given, else by what has been learnt of it.
void correct(Estimate& estimate, const core::ChatRequest& request, const Encoding* encoding, const Ratios& ratios);

// What an exchange cost whose provider did not get to say so: what it reported on the way, or else the input as
// estimated, and what came since. That is counted where there is an encoding. Without one, many short pieces are
// taken for tokens, and long ones are guessed by what has been learnt of the model.
core::Usage usage_of(const Estimate& estimate, const core::Usage& reported, const core::Unreported& since,
                     const Ratios& ratios, std::string_view model);

}  // namespace gatehouse::limits
