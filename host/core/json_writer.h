// The writer of JSON that plugins have, for the host.
#pragma once

#include <gatehouse/json_write.hpp>

namespace gatehouse::core {

using gatehouse::JsonArray;
using gatehouse::JsonObject;

}  // namespace gatehouse::core
