// What is answered where memory is short: the request is fine, and may be sent again. A function without state; any
// thread.
#pragma once

#include "core/status.h"

namespace gatehouse::core {

Status short_of_memory();

}  // namespace gatehouse::core
