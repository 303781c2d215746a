// Writes JSON, with the writers that plugins have. One thread at a time.
#pragma once

#include <gatehouse/json_write.hpp>

namespace gatehouse::core {

using gatehouse::JsonArray;
using gatehouse::JsonObject;

}  // namespace gatehouse::core
