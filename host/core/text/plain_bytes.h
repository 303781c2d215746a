// The search for special bytes that plugins have, for the host. Functions without state; any thread.
#pragma once

#include <gatehouse/plain_bytes.hpp>

namespace gatehouse::core {

using gatehouse::is_special;
using gatehouse::plain_length;

}  // namespace gatehouse::core
