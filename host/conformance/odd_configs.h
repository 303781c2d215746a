// Configurations that no plugin asks for. Functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

// Such as are no JSON object at all, or not quite; random bytes; and the given one with each of its values in turn
// replaced by one of another kind. The same ones every time.
std::vector<std::string> odd_configs(std::string_view given);

}  // namespace gatehouse::conformance
