// What this machine, not the provider, lacks: descriptors, memory, buffers. Functions without state; any thread.
#pragma once

#include "core/status.h"

namespace gatehouse::net {

// error: an errno.
bool is_shortage(int error);

// Our own fault: 503, and to be tried again.
core::Status shortage(int error);

}  // namespace gatehouse::net
