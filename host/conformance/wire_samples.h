// Answers of many providers, for decoders of any of them. Functions without state; any thread.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

// The frames of a stream, or one whole answer, in each known wire format.
const std::vector<std::string_view>& wire_samples();

// Nonsense: random bytes, or one of the samples with a few bytes changed, cut out or said twice.
std::string garbled(std::mt19937& random);

}  // namespace gatehouse::conformance
