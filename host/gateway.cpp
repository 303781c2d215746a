#include "gateway.h"

#include <Poco/Logger.h>

#include "handlers/endpoints.h"
#include "modules/assembly.h"
#include "store/books.h"
#include "store/data_dir.h"

namespace gatehouse {

using core::Result;
using core::Status;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kEndGrace = 5s;     // for exchanges to say goodbye once the drain time is over
constexpr auto kFlushGrace = 10s;  // for the sinks to write what they hold
constexpr unsigned kOperatorRequests = 32;

net::ServerOptions caller_options(const config::ServerSettings& settings) {
  net::ServerOptions options;
  options.host = settings.listen.host;
  options.port = settings.listen.port;
  options.request.body = settings.max_body;
  options.max_in_flight = settings.max_in_flight;
  return options;
}

net::ServerOptions operator_options(const config::AdminSettings& settings) {
  net::ServerOptions options;
  options.host = settings.listen.host;
  options.port = settings.listen.port;
  options.max_in_flight = kOperatorRequests;
  return options;
}

std::unique_ptr<store::RedisAccounts> shared_accounts(const config::Settings& settings) {
  if (!settings.shared_limits) return nullptr;
  const config::SharedLimitsSettings& shared = *settings.shared_limits;
  return std::make_unique<store::RedisAccounts>(
      store::RedisOptions{shared.redis.host, shared.redis.port, shared.password.reveal(), shared.prefix,
                          shared.timeout},
      [data_dir = settings.data_dir] { return store::balances_of(data_dir); });
}

limits::Sharing sharing(const config::Settings& settings, store::RedisAccounts* accounts) {
  if (accounts == nullptr) return {};
  return {accounts, settings.shared_limits->when_away, settings.shared_limits->gateways};
}

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::build(const config::Settings& settings) {
  GH_TRY(store::make_data_dir(settings.data_dir));
  Result<std::shared_ptr<const modules::Generation>> generation = modules::Assembly(settings).build(1);
  if (!generation.ok()) return generation.status();
  Result<std::unique_ptr<net::Upstream>> upstream = net::Upstream::create({});
  if (!upstream.ok()) return upstream.status();
  for (const config::ProviderSettings& provider : settings.providers) {
    if (provider.ca_file.empty()) continue;
    Status trusted = (*upstream)->trust(provider.ca_file);
    if (!trusted.ok()) return std::move(trusted).within(provider.component.source.text());
  }
  Result<store::KeyHash> hash = store::KeyHash::open(settings.data_dir);
  if (!hash.ok()) return hash.status();
  Result<std::unique_ptr<store::Database>> database = store::Database::open(settings.data_dir);
  if (!database.ok()) return database.status();
  return std::unique_ptr<Gateway>(
      new Gateway(settings, *std::move(generation), *std::move(upstream), *std::move(database), *std::move(hash)));
}

Gateway::Gateway(const config::Settings& settings, std::shared_ptr<const modules::Generation> generation,
                 std::unique_ptr<net::Upstream> upstream, std::unique_ptr<store::Database> database,
                 store::KeyHash hash)
    : settings_(settings),
      registry_(std::move(generation)),
      shared_(shared_accounts(settings)),
      ledger_(settings.limits, limits::real_time, limits::Ledger::kMaxSubjects, sharing(settings, shared_.get())),
      keys_(std::move(hash)),
      bookkeeper_(std::move(database), keys_, ledger_),
      upstream_(std::move(upstream)),
      services_{registry_, ledger_,        *upstream_,         metrics_,
                keys_,     settings_.auth, settings_.data_dir, [this] { return caller_server_.counters(); }},
      caller_server_(caller_options(settings.server), caller_router_),
      operator_server_(operator_options(settings.admin), operator_router_) {
  handlers::add_caller_endpoints(caller_router_, services_, draining_);
  handlers::add_operator_endpoints(operator_router_, services_, draining_);
  operator_router_.require_token(settings_.admin.token);
}

Gateway::~Gateway() = default;

Status Gateway::start() {
  Result<store::DataDirLock> data_dir = store::DataDirLock::take(settings_.data_dir);
  if (!data_dir.ok()) return data_dir.status();
  data_dir_ = *std::move(data_dir);
  GH_TRY(bookkeeper_.load());
  if (shared_ != nullptr) shared_->start();
  bookkeeper_.start();
  GH_TRY(caller_server_.start());
  GH_TRY(operator_server_.start());
  const auto generation = registry_.current();
  logger().information("serving " + settings_.server.listen.host + ":" + std::to_string(caller_port()) +
                       ", operators on " + settings_.admin.listen.host + ":" + std::to_string(operator_port()) + ": " +
                       std::to_string(generation->routes().size()) + " models, " +
                       std::to_string(generation->plugins().size()) + " plugins");
  return {};
}

void Gateway::drain() {
  draining_ = true;
  caller_server_.stop_accepting();
  if (!caller_server_.wait_idle(Clock::now() + settings_.server.drain_timeout)) {
    logger().warning("drain_timeout is over: ending the exchanges still under way");
    caller_server_.end_exchanges();
    if (!caller_server_.wait_idle(Clock::now() + kEndGrace)) caller_server_.abort_all();
  }
  operator_server_.stop_accepting();
  operator_server_.abort_all();
  for (const auto& queue : registry_.current()->sinks()) queue->stop(kFlushGrace);
  if (shared_ != nullptr) shared_->stop();
  bookkeeper_.stop();
  logger().information("drained");
}

}  // namespace gatehouse
