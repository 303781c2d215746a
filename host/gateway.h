// Puts the house together from its settings, serves, and drains. One per process; start() and
// drain() are called by one thread.
#pragma once

#include <atomic>
#include <memory>

#include "config/settings.h"
#include "core/status.h"
#include "handlers/metrics.h"
#include "handlers/router.h"
#include "handlers/services.h"
#include "limits/ledger.h"
#include "modules/registry.h"
#include "net/server.h"
#include "net/upstream.h"
#include "store/bookkeeper.h"
#include "store/data_dir.h"
#include "store/key_ring.h"
#include "store/redis_accounts.h"

namespace gatehouse {

class Gateway {
 public:
  // Loads the plugins and builds everything that serving needs, without listening yet.
  static core::Result<std::unique_ptr<Gateway>> build(const config::Settings& settings);
  ~Gateway();  // without a drain: cuts what is under way

  core::Status start();

  // Takes no new requests, lets those under way end within drain_timeout, ends the others with an
  // error in their own protocol, and brings the last records to the sinks.
  void drain();

  std::uint16_t caller_port() const { return caller_server_.port(); }      // REQUIRES: started
  std::uint16_t operator_port() const { return operator_server_.port(); }  // REQUIRES: started

 private:
  Gateway(const config::Settings& settings, std::shared_ptr<const modules::Generation> generation,
          std::unique_ptr<net::Upstream> upstream, std::unique_ptr<store::Database> database, store::KeyHash hash);

  const config::Settings settings_;
  store::DataDirLock data_dir_;
  modules::Registry registry_;
  const std::unique_ptr<store::RedisAccounts> shared_;  // nullptr: no limit is shared
  limits::Ledger ledger_;
  store::KeyRing keys_;
  store::Bookkeeper bookkeeper_;
  std::unique_ptr<net::Upstream> upstream_;
  handlers::Metrics metrics_;
  handlers::Services services_;
  std::atomic<bool> draining_{false};
  handlers::Router caller_router_;
  handlers::Router operator_router_;
  net::Server caller_server_;
  net::Server operator_server_;
};

}  // namespace gatehouse
