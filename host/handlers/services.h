// What the endpoints work with; all of it outlives every request. Thread-safe, each in its own way.
#pragma once

#include <functional>

#include "config/settings.h"
#include "core/breakers.h"
#include "core/transport.h"
#include "handlers/metrics.h"
#include "limits/ledger.h"
#include "modules/registry.h"
#include "net/server.h"

namespace gatehouse::handlers {

struct Services {
  modules::Registry& registry;
  limits::Ledger& ledger;
  core::Transport& transport;
  Metrics& metrics;
  core::Breakers& breakers;
  const config::ServerSettings& settings;
  std::function<net::ServerCounters()> server_counters;  // of the callers' side
};

}  // namespace gatehouse::handlers
