// What the endpoints work with; all of it outlives every request. Thread-safe, each in its own way.
#pragma once

#include <functional>
#include <string>

#include "config/settings.h"
#include "core/route/breakers.h"
#include "core/transport.h"
#include "handlers/metrics.h"
#include "limits/encoding.h"
#include "limits/ledger.h"
#include "modules/reloader.h"
#include "net/server.h"
#include "store/key_ring.h"

namespace gatehouse::handlers {

struct Services {
  modules::Registry& registry;
  const modules::Reloader& reloader;
  limits::Ledger& ledger;
  const limits::Encodings& encodings;
  core::Transport& transport;
  Metrics& metrics;
  core::Breakers& breakers;
  const store::KeyRing& keys;
  config::Auth auth;                                                      // who is served
  const std::string& data_dir;                                            // where usage is read from
  const config::ServerSettings& settings;
  std::function<net::ServerCounters()> server_counters;                   // of the callers' side
  std::function<modules::ReloadReport(modules::Reloader::Retry)> reload;  // reads the configuration again
  std::function<modules::ReloadReport(std::string_view policy)> promote;  // its shadow
};

}  // namespace gatehouse::handlers
