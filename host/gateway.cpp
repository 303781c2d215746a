#include "gateway.h"

#include <Poco/Logger.h>
#include <sys/stat.h>

#include <filesystem>

#include "handlers/endpoints.h"
#include "modules/assembly.h"

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

// The folder for what the gateway keeps; nobody else's to read.
Status make_data_dir(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  std::filesystem::create_directories(folder, error);
  if (error) return {core::Code::config, "cannot create data_dir " + folder + ": " + error.message()};
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return {};
}

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::build(const config::Settings& settings) {
  GH_TRY(make_data_dir(settings.data_dir));
  Result<std::shared_ptr<const modules::Generation>> generation = modules::Assembly(settings).build(1);
  if (!generation.ok()) return generation.status();
  Result<std::unique_ptr<net::Upstream>> upstream = net::Upstream::create({});
  if (!upstream.ok()) return upstream.status();
  for (const config::ProviderSettings& provider : settings.providers) {
    if (provider.ca_file.empty()) continue;
    Status trusted = (*upstream)->trust(provider.ca_file);
    if (!trusted.ok()) return std::move(trusted).within(provider.component.source.text());
  }
  return std::unique_ptr<Gateway>(new Gateway(settings, *std::move(generation), *std::move(upstream)));
}

Gateway::Gateway(const config::Settings& settings, std::shared_ptr<const modules::Generation> generation,
                 std::unique_ptr<net::Upstream> upstream)
    : settings_(settings),
      registry_(std::move(generation)),
      ledger_(settings.limits),
      upstream_(std::move(upstream)),
      services_{registry_,
                ledger_,
                *upstream_,
                metrics_,
                breakers_,
                settings_.server,
                [this] { return caller_server_.counters(); }},
      caller_server_(caller_options(settings.server), caller_router_),
      operator_server_(operator_options(settings.admin), operator_router_) {
  handlers::add_caller_endpoints(caller_router_, services_, draining_);
  handlers::add_operator_endpoints(operator_router_, services_, draining_);
  operator_router_.require_token(settings_.admin.token);
}

Gateway::~Gateway() = default;

Status Gateway::start() {
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
  logger().information("drained");
}

}  // namespace gatehouse
