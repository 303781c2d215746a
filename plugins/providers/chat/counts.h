// What providers say of the tokens that an answer took. Only counts are read; one that is missing, or is none, is 0, and
// the gateway estimates it. Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace counts {

// No model takes more: a total beyond it is none, and must not spoil the counts beside it.
inline constexpr std::uint64_t kMostInTotal = 4'000'000;

// 0, where it was not said or cannot be.
inline std::uint64_t believable(std::optional<std::uint64_t> total) {
  return total.value_or(0) <= kMostInTotal ? total.value_or(0) : 0;
}

// Some providers count reasoning beside the words: an answer never took less than the total says, and what is beyond
// its words was reasoning.
inline void raise_to_total(gatehouse::Usage& usage, std::optional<std::uint64_t> total) {
  const std::uint64_t whole = believable(total);
  if (usage.input == 0 || whole <= usage.input + usage.output) return;
  const std::uint64_t output = whole - usage.input;
  if (usage.output != 0) usage.reasoning = std::max(usage.reasoning, output - usage.output);
  usage.output = output;
}

// Nothing, where it says nothing of the prompt and the answer.
inline void report(const gatehouse::Usage& usage, gatehouse::Events& out) {
  if (usage.input != 0 || usage.output != 0) out.usage(usage);
}

}  // namespace counts
