// Every path the gateway answers, on its two sides.
#pragma once

#include <atomic>

#include "handlers/router.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

// REQUIRES: services and draining outlive the router.
void add_caller_endpoints(Router& router, const Services& services, const std::atomic<bool>& draining);
void add_operator_endpoints(Router& router, const Services& services, const std::atomic<bool>& draining);

}  // namespace gatehouse::handlers
