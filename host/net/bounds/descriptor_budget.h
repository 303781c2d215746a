// How a gateway shares out the descriptors that it may have: callers may use up theirs, and operators, providers and
// files still have some. Values.
#pragma once

#include <cstddef>

namespace gatehouse::net {

struct DescriptorBudget {
  std::size_t callers = 0;    // connections at once; as many are left for the providers that they may ask
  std::size_t operators = 0;  // connections at once
};

// limit: how many descriptors there may be. used: how many there are before anybody has come.
DescriptorBudget share_descriptors(std::size_t limit, std::size_t used);
// How many there must be for so many callers.
std::size_t descriptors_for(std::size_t callers, std::size_t used);

// Raises the process's soft limit to the hard one, and says what it is then.
std::size_t raise_descriptor_limit();
// The lowest number that is free, which is how many are in use where none was closed out of turn.
std::size_t used_descriptors();

}  // namespace gatehouse::net
