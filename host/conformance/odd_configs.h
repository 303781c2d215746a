// Configurations that no plugin asks for. Functions without state; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

// Texts that are not quite a JSON object, or not at all; random bytes; and the given configuration with each of its
// values in turn replaced by one of another kind. The same texts every time.
std::vector<std::string> odd_configs(std::string_view given);

}  // namespace gatehouse::conformance
