// What the operators' endpoints work with; all of it outlives every request. Thread-safe, each in its own way.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/address_ranges.h"
#include "handlers/admin/metrics.h"
#include "handlers/admin/tokens.h"
#include "limits/ledger.h"
#include "limits/warnings/limit_warnings.h"
#include "modules/swap/reloader.h"
#include "net/front/server.h"
#include "store/bookkeeper.h"
#include "store/keys/key_ring.h"

namespace gatehouse::handlers {

struct OperatorServices {
  modules::Registry& registry;
  const modules::Reloader& reloader;
  limits::Ledger& ledger;
  const limits::LimitWarnings& warnings;
  const Metrics& metrics;
  Tokens& tokens;
  const core::AddressRanges& trusted_proxies;
  const std::string& data_dir;                                            // where usage is read from
  store::Bookkeeper& bookkeeper;
  const store::KeyRing& keys;
  std::function<net::ServerCounters()> server_counters;                   // of the callers' side
  std::function<modules::ReloadReport(modules::Reloader::Retry)> reload;  // reads the configuration again
  std::function<modules::ReloadReport(std::string_view policy)> promote;  // its shadow
};

}  // namespace gatehouse::handlers
