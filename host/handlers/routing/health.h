// GET /healthz: the process lives. GET /readyz: it takes requests, or names why it should get none. How busy it is
// makes no difference: both count against no limit. Any thread.
#pragma once

#include <functional>
#include <string_view>

#include "handlers/routing/router.h"

namespace gatehouse::handlers {

// One word for why the gateway should get no requests: "draining", "audit_unavailable"; empty: it should. Thread-safe.
using Unready = std::function<std::string_view()>;

// On both sides: the operators' one answers also while the callers' one drains.
void add_health(Router& router, Unready unready);

}  // namespace gatehouse::handlers
