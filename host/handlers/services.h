// What the endpoints work with; all of it outlives every request. Thread-safe, each in its own way.
#pragma once

#include <functional>

#include "core/transport.h"
#include "handlers/metrics.h"
#include "limits/ledger.h"
#include "modules/reloader.h"
#include "net/server.h"

namespace gatehouse::handlers {

struct Services {
  modules::Registry& registry;
  const modules::Reloader& reloader;
  limits::Ledger& ledger;
  core::Transport& transport;
  Metrics& metrics;
  std::function<net::ServerCounters()> server_counters;                   // of the callers' side
  std::function<modules::ReloadReport(modules::Reloader::Retry)> reload;  // reads the configuration again
  std::function<modules::ReloadReport(std::string_view policy)> promote;  // its shadow
};

}  // namespace gatehouse::handlers
