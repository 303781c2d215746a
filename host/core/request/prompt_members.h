// Which members of a chat request its receiver reads as the prompt. Functions without state; any thread.
#pragma once

#include <string_view>

namespace gatehouse::core {

// Those that define tools, or the form of the answer.
bool is_definition(std::string_view name);
// False: it says how to answer, or is looked at on its own, as messages and definitions are. Whatever is not known may
// be read as part of the prompt.
bool may_be_prompt(std::string_view name);

}  // namespace gatehouse::core
