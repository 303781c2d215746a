// GET /healthz: the process lives. GET /readyz: it takes requests, and does not while it drains. Any thread.
#pragma once

#include <atomic>

#include "handlers/routing/router.h"

namespace gatehouse::handlers {

// On both sides: the operators' one answers also while the callers' one drains.
// REQUIRES: draining outlives the router.
void add_health(Router& router, const std::atomic<bool>& draining);

}  // namespace gatehouse::handlers
