// Puts the house together from its settings, serves, and drains. One per process; start() and
// drain() are called by one thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "config/settings.h"
#include "core/route/breakers.h"
#include "core/status.h"
#include "handlers/admin/metrics.h"
#include "handlers/admin/services.h"
#include "handlers/admin/tokens.h"
#include "handlers/callers/services.h"
#include "handlers/routing/router.h"
#include "limits/ledger.h"
#include "limits/tokens/encoding.h"
#include "limits/warnings/limit_warnings.h"
#include "modules/swap/reloader.h"
#include "net/front/server.h"
#include "net/upstream/upstream.h"
#include "store/bookkeeper.h"
#include "store/keys/key_ring.h"
#include "store/redis/redis_accounts.h"
#include "store/state.h"
#include "takeover/succession.h"

namespace gatehouse {

class Gateway {
 public:
  // Loads the plugins and builds everything that serving needs, without listening yet. `file` is where
  // the settings came from and come from again.
  static core::Result<std::unique_ptr<Gateway>> build(const config::Settings& settings, std::string file);
  // What build() and start() would refuse, a line each, found without a trace: no file is made or written, nobody is
  // called. Fine: what the plugins warn of.
  static core::Result<std::vector<std::string>> look(const config::Settings& settings);
  ~Gateway();  // without a drain: cuts what is under way

  // take_over: from the gateway that serves from data_dir now, if there is one, without a gap.
  core::Status start(takeover::Succession::Way way = takeover::Succession::Way::alone);

  // Reads the configuration again and swaps what changed, all or nothing. Any thread.
  modules::ReloadReport reload(modules::Reloader::Retry retry = modules::Reloader::Retry::none);
  // Makes a policy's shadow the one that decides. Any thread.
  modules::ReloadReport promote(std::string_view policy);

  // Takes no new requests, lets those under way end within drain_timeout, ends the others with an
  // error in their own protocol, and brings the last records to the sinks. A failure: what was spent last is lost.
  core::Status drain();

  std::uint16_t caller_port() const { return caller_server_.port(); }      // REQUIRES: started
  std::uint16_t operator_port() const { return operator_server_.port(); }  // REQUIRES: started

 private:
  Gateway(const config::Settings& settings, std::string file, std::unique_ptr<modules::Reloader> reloader,
          std::unique_ptr<net::Upstream> upstream, store::State state, limits::Encodings encodings);

  void share_descriptors();
  void apply_limits(const config::Settings& settings);
  void leave();
  std::string_view unready() const;  // in one word, why it should get no requests; empty: it should
  modules::ReloadReport refused(const core::Status& why) const;
  static void log(const modules::ReloadReport& report);

  const config::Settings settings_;
  const std::string file_;
  const std::unique_ptr<modules::Reloader> reloader_;
  std::mutex reloading_;
  const std::unique_ptr<store::RedisAccounts> shared_;  // nullptr: no limit is shared
  limits::Ledger ledger_;
  const limits::Encodings encodings_;
  store::KeyRing keys_;
  std::unique_ptr<net::Upstream> upstream_;
  limits::LimitWarnings warnings_;
  store::Bookkeeper bookkeeper_;  // its thread uses warnings_
  handlers::Metrics metrics_;
  handlers::Tokens tokens_;
  core::Breakers breakers_;
  std::atomic<config::Auth> auth_;
  core::RefusalBudget refusals_;
  handlers::CallerServices caller_services_;
  handlers::OperatorServices operator_services_;
  std::atomic<bool> draining_{false};
  handlers::Router caller_router_;
  handlers::Router operator_router_;
  const std::shared_ptr<net::BodyBudget> bodies_;  // being read, by both servers
  net::Server caller_server_;
  net::Server operator_server_;
  takeover::Succession succession_;  // last: its threads use the rest
};

}  // namespace gatehouse
