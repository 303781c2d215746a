// What providers say of the tokens that an answer took. Only counts are read; one that is missing, or is none, is 0, and
// the gateway estimates it. Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace counts {

// Some providers count reasoning beside the words: an answer never took less than the total says.
inline void raise_to_total(gatehouse::Usage& usage, std::optional<std::uint64_t> total) {
  if (usage.input != 0 && total.value_or(0) > usage.input) usage.output = std::max(usage.output, *total - usage.input);
}

// Nothing, where it says nothing of the prompt and the answer.
inline void report(const gatehouse::Usage& usage, gatehouse::Events& out) {
  if (usage.input != 0 || usage.output != 0) out.usage(usage);
}

}  // namespace counts
