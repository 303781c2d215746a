// Answers as providers give them, for decoders that may have been written for others. Functions without state.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

// What follows each other in a stream, or is a whole answer, in the wires there are.
const std::vector<std::string_view>& wire_samples();

// Nonsense: random bytes, or one of the samples with a few bytes changed, cut out or said twice.
std::string garbled(std::mt19937& random);

}  // namespace gatehouse::conformance
