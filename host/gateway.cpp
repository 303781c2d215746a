#include "gateway.h"

#include <Poco/Logger.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "config/load.h"
#include "config/price_file.h"
#include "core/foreign_writers.h"
#include "handlers/admin/endpoints.h"
#include "handlers/callers/endpoints.h"
#include "modules/swap/inspection.h"
#include "net/bounds/descriptor_budget.h"
#include "store/books/books.h"
#include "store/books/period_spending.h"

namespace gatehouse {

using core::Result;
using core::Status;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kEndGrace = 5s;     // for exchanges to say goodbye once the drain time is over
constexpr auto kWarnGrace = 2s;    // for the last warnings to reach the webhook
constexpr auto kFlushGrace = 4s;   // for all sinks to write what they hold
constexpr unsigned kOperatorRequests = 32;

using Bodies = std::shared_ptr<net::BodyBudget>;

net::ServerOptions caller_options(const config::ServerSettings& settings, const Bodies& bodies) {
  net::ServerOptions options;
  options.bodies = bodies;
  options.host = settings.listen.host;
  options.port = settings.listen.port;
  options.request.body = settings.max_body;
  options.max_in_flight = settings.max_in_flight;
  options.trusted_proxies = settings.trusted_proxies;
  return options;
}

net::ServerOptions operator_options(const config::AdminSettings& settings, const Bodies& bodies) {
  net::ServerOptions options;
  options.bodies = bodies;
  options.host = settings.listen.host;
  options.port = settings.listen.port;
  options.max_in_flight = kOperatorRequests;
  return options;
}

// Makes the CAs that providers name known to the client that will meet them.
Status trust(net::Upstream& upstream, const config::Settings& settings) {
  for (const config::ProviderSettings& provider : settings.providers) {
    if (provider.ca_file.empty()) continue;
    Status trusted = upstream.trust(provider.ca_file);
    if (!trusted.ok()) return std::move(trusted).within(provider.component.source.text());
  }
  return {};
}

// The settings that only a start applies and that differ.
std::vector<std::string> fixed_settings(const config::Settings& now, const config::Settings& wanted) {
  std::vector<std::string> changed;
  if (now.server != wanted.server) changed.emplace_back("server");
  if (now.keep_usage != wanted.keep_usage) changed.emplace_back("keep");
  if (now.admin != wanted.admin) changed.emplace_back("admin");
  if (now.data_dir != wanted.data_dir) changed.emplace_back("data_dir");
  if (now.token_counts != wanted.token_counts) changed.emplace_back("token_counts");
  if (now.shared_limits != wanted.shared_limits) changed.emplace_back("shared_limits");
  return changed;
}

Result<limits::Encodings> read_encodings(const config::Settings& settings) {
  limits::Encodings encodings;
  for (const config::VocabularySettings& vocabulary : settings.token_counts) {
    Result<limits::Encoding> encoding = limits::Encoding::read(vocabulary.encoding, vocabulary.file);
    if (!encoding.ok()) return encoding.status().within(vocabulary.source.text());
    encodings.add(*std::move(encoding));
  }
  return encodings;
}

std::unique_ptr<store::RedisAccounts> shared_accounts(const config::Settings& settings, const store::KeyHash& own) {
  if (!settings.shared_limits) return nullptr;
  const config::SharedLimitsSettings& shared = *settings.shared_limits;
  return std::make_unique<store::RedisAccounts>(
      store::RedisOptions{shared.redis.host, shared.redis.port, shared.password.reveal(), shared.prefix,
                          shared.timeout},
      own.fingerprint());
}

limits::Sharing sharing(const config::Settings& settings, store::RedisAccounts* accounts) {
  if (accounts == nullptr) return {};
  return {accounts, settings.shared_limits->when_away, settings.shared_limits->gateways};
}

// What all gateways that share limits know: a stranger's key is the same account at each of them.
store::KeyHash strangers_hash(const config::Settings& settings, const store::KeyHash& own) {
  if (!settings.shared_limits) return own;
  const config::SharedLimitsSettings& shared = *settings.shared_limits;
  return store::KeyHash("strangers of " + shared.prefix + " " + shared.password.reveal());
}

// Whoever may write to data_dir decides which plugins are run from there and which keys are good.
Status check_data_dir(const config::Settings& settings) {
  return settings.allow_writable ? Status() : core::no_foreign_writers(settings.data_dir);
}

std::optional<limits::WebhookTarget> webhook(const config::Settings& settings) {
  if (settings.warnings.webhook.empty()) return std::nullopt;
  limits::WebhookTarget target{settings.warnings.webhook.reveal(), {}};
  for (const auto& [name, value] : settings.warnings.headers) target.headers.emplace_back(name, value.reveal());
  return target;
}

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

void tell_prices(const config::Settings& settings) {
  if (settings.prices) logger().information(config::described(*settings.prices));
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::build(const config::Settings& settings, std::string file) {
  (void)net::raise_descriptor_limit();  // first: what follows opens files
  GH_TRY(store::make_data_dir(settings.data_dir));
  GH_TRY(check_data_dir(settings));
  GH_ASSIGN(auto state, store::open_state(settings.data_dir));
  GH_ASSIGN(auto reloader, modules::Reloader::open(settings));
  GH_ASSIGN(auto upstream, net::Upstream::create({}));
  GH_TRY(trust(*upstream, settings));
  GH_ASSIGN(auto encodings, read_encodings(settings));
  return std::unique_ptr<Gateway>(new Gateway(settings, std::move(file), std::move(reloader), std::move(upstream),
                                              std::move(state), std::move(encodings)));
}

Result<std::vector<std::string>> Gateway::look(const config::Settings& settings) {
  std::string problems;
  std::vector<std::string> warnings;
  const auto note = [&](const Status& status) {
    if (!status.ok()) problems += std::string(status.message()) + "\n";
  };
  note(check_data_dir(settings));
  const auto state = store::look_at_state(settings.data_dir);
  if (!state.ok() && state.status().code() == core::Code::overloaded)
    warnings.emplace_back(state.status().message());
  else
    note(state.status());
  const auto plugins = modules::inspect(settings);
  note(plugins.status());
  if (plugins.ok()) {
    for (const modules::InspectedPlugin& plugin : *plugins) {
      for (const std::string& warning : plugin.warnings) warnings.push_back(plugin.name + ": " + warning);
    }
  }
  const auto upstream = net::Upstream::create({});
  note(upstream.ok() ? trust(**upstream, settings) : upstream.status());
  note(read_encodings(settings).status());
  if (problems.empty()) return warnings;
  return Status(core::Code::config, problems.substr(0, problems.size() - 1));
}

Gateway::Gateway(const config::Settings& settings, std::string file, std::unique_ptr<modules::Reloader> reloader,
                 std::unique_ptr<net::Upstream> upstream, store::State state, limits::Encodings encodings)
    : settings_(settings),
      file_(std::move(file)),
      reloader_(std::move(reloader)),
      shared_(shared_accounts(settings, state.hash)),
      ledger_(settings.limits, limits::real_time, limits::Ledger::kMaxSubjects, sharing(settings, shared_.get()),
              settings.server.max_unknown_clients),
      encodings_(std::move(encodings)),
      keys_(state.hash, strangers_hash(settings, state.hash)),
      upstream_(std::move(upstream)),
      warnings_(ledger_, *upstream_, settings.server.listen.text()),
      bookkeeper_(std::move(state.database), keys_, ledger_,
                  std::chrono::duration_cast<std::chrono::days>(settings.keep_usage)),
      tokens_(settings.admin.token, settings.admin.viewer_token),
      auth_(settings.auth),
      caller_services_{reloader_->registry(), ledger_,   encodings_, *upstream_, metrics_,
                       refusals_,             breakers_, keys_,      auth_,      settings_.server},
      operator_services_{reloader_->registry(),
                         *reloader_,
                         ledger_,
                         warnings_,
                         metrics_,
                         tokens_,
                         settings_.server.trusted_proxies,
                         settings_.data_dir,
                         bookkeeper_,
                         keys_,
                         [this] { return caller_server_.counters(); },
                         [this](modules::Reloader::Retry retry) { return reload(retry); },
                         [this](std::string_view policy) { return promote(policy); }},
      caller_router_({settings.server.listen.host, settings.server.hosts, settings.server.cors_origins}),
      operator_router_({settings.admin.listen.host, settings.server.hosts, {}}),
      bodies_(std::make_shared<net::BodyBudget>(settings.server.max_bodies)),
      caller_server_(caller_options(settings.server, bodies_), caller_router_),
      operator_server_(operator_options(settings.admin, bodies_), operator_router_),
      succession_({settings_.data_dir, caller_server_, operator_server_, bookkeeper_, [this] { leave(); }}) {
  warnings_.configure(settings.limits, webhook(settings));
  bookkeeper_.show([this](std::span<const limits::Balance> balances) { warnings_.restore(balances); },
                   [this](std::span<const limits::Balance> changed) { warnings_.look(changed); });
  handlers::add_caller_endpoints(caller_router_, caller_services_, [this] { return unready(); });
  handlers::add_operator_endpoints(operator_router_, operator_services_, [this] { return unready(); });
}

std::string_view Gateway::unready() const {
  if (draining_) return "draining";
  if (shared_ != nullptr && settings_.shared_limits->when_away == core::WhenAway::closed && !shared_->reachable())
    return "shared_limits_unreachable";
  const auto generation = reloader_->registry().current();
  const auto refuses = [](const auto& queue) { return !queue->admit().ok(); };
  const auto& sinks = generation->sinks();
  if (std::any_of(sinks.begin(), sinks.end(), refuses)) return "audit_unavailable";
  return bookkeeper_.health().ok() ? "" : "database_failed";  // last: requests go on meanwhile
}

Gateway::~Gateway() = default;

// What may fail comes before agree(): until then the gateway that this one replaces serves on.
Status Gateway::start(takeover::Succession::Way way) {
  GH_TRY(succession_.enter(way));
  GH_TRY(bookkeeper_.load(succession_.predecessor()));
  GH_TRY(caller_server_.listen(succession_.listeners()));
  GH_TRY(operator_server_.listen(succession_.listeners()));
  GH_TRY(succession_.agree());
  if (shared_ != nullptr) shared_->start();
  bookkeeper_.start();
  GH_TRY(caller_server_.start());
  GH_TRY(operator_server_.start());
  GH_TRY(succession_.serve());
  share_descriptors();
  tell_prices(settings_);
  const auto generation = reloader_->registry().current();
  logger().information("serving " + settings_.server.listen.host + ":" + std::to_string(caller_port()) +
                       ", operators on " + settings_.admin.listen.host + ":" + std::to_string(operator_port()) + ": " +
                       std::to_string(generation->routes().size()) + " models, " +
                       std::to_string(generation->plugins().size()) + " plugins");
  return {};
}

// Callers may use up what they have: operators, providers and files keep theirs.
void Gateway::share_descriptors() {
  const std::size_t limit = net::raise_descriptor_limit();
  const std::size_t used = net::used_descriptors();
  const net::DescriptorBudget budget = net::share_descriptors(limit, used);
  const std::size_t callers = std::min<std::size_t>(budget.callers, net::ServerOptions().max_connections);
  const std::size_t wanted = settings_.server.max_connections_per_address;
  caller_server_.limit_connections(callers, wanted != 0 ? wanted : std::max<std::size_t>(callers / 2, 1));
  operator_server_.limit_connections(budget.operators, 0);
  const std::size_t requests = settings_.server.max_in_flight;
  if (callers >= requests) return;
  logger().warning("the limit of " + std::to_string(limit) + " open files leaves room for " + std::to_string(callers) +
                   " callers at once, and max_in_flight is " + std::to_string(requests) + ": raise the hard limit to " +
                   std::to_string(net::descriptors_for(requests, used)) + " (LimitNOFILE, ulimit -Hn)");
}

// Another gateway has taken over: this one drains as if it had been told to.
void Gateway::leave() {
  if (!draining_) ::kill(::getpid(), SIGTERM);
}

modules::ReloadReport Gateway::reload(modules::Reloader::Retry retry) {
  const std::lock_guard lock(reloading_);
  if (draining_) return refused({core::Code::overloaded, "the gateway is about to stop"});
  const Result<config::Settings> settings = config::load(file_);
  if (!settings.ok()) return refused(settings.status());
  if (const Status trusted = trust(*upstream_, *settings); !trusted.ok()) return refused(trusted);
  modules::ReloadReport report = reloader_->reload(*settings, retry);
  if (report.done) {
    apply_limits(*settings);
    tell_prices(*settings);
    auth_ = settings->auth;
    report.needs_restart = fixed_settings(settings_, *settings);
  }
  log(report);
  return report;
}

// A budget that is added in the middle of its period begins with what the period has cost.
void Gateway::apply_limits(const config::Settings& settings) {
  const std::vector<store::PeriodLimit> before = store::period_limits(ledger_);
  ledger_.set_rules(settings.limits);
  warnings_.configure(settings.limits, webhook(settings));
  std::vector<store::PeriodLimit> added = store::period_limits(ledger_);
  std::erase_if(added, [&](const store::PeriodLimit& limit) {
    return std::find(before.begin(), before.end(), limit) != before.end();
  });
  if (added.empty()) return;
  const auto spending = store::period_spending_of(settings_.data_dir, added, ledger_);
  if (spending.ok())
    ledger_.begin_with(*spending);
  else
    logger().error("the new limits begin at nothing spent: " + std::string(spending.status().message()));
}

modules::ReloadReport Gateway::promote(std::string_view policy) {
  const std::lock_guard lock(reloading_);
  if (draining_) return refused({core::Code::overloaded, "the gateway is about to stop"});
  modules::ReloadReport report = reloader_->promote(policy);
  log(report);
  return report;
}

modules::ReloadReport Gateway::refused(const Status& why) const {
  modules::ReloadReport report = reloader_->refused(why);
  log(report);
  return report;
}

void Gateway::log(const modules::ReloadReport& report) {
  if (!report.done) return logger().error("the reload is refused: " + report.problem);
  logger().information("generation " + std::to_string(report.generation) + " serves, after " +
                       std::to_string(report.took.count()) + " ms");
  for (const std::string& setting : report.needs_restart)
    logger().warning("`" + setting + "` has changed in the configuration and is not applied: that needs a restart");
  for (const modules::Promotion& promotion : report.promoted) {
    logger().warning("policy " + promotion.policy + " is the promoted " + promotion.shadow + "; a start would bring " +
                     promotion.plugin + " back until the configuration says `plugin: " + promotion.shadow + "`");
  }
}

Status Gateway::drain() {
  {
    const std::lock_guard lock(reloading_);  // a reload under way comes to its end first
    draining_ = true;
  }
  caller_server_.say_farewell();
  // Meanwhile load balancers find another gateway; one that takes over has our address.
  if (!succession_.is_over()) std::this_thread::sleep_for(settings_.server.shutdown_delay);
  caller_server_.stop_accepting();
  if (!caller_server_.wait_idle(Clock::now() + settings_.server.drain_timeout)) {
    logger().warning("drain_timeout is over: ending the exchanges still under way");
    caller_server_.end_exchanges();
    if (!caller_server_.wait_idle(Clock::now() + kEndGrace)) caller_server_.abort_all();
  }
  operator_server_.stop_accepting();
  operator_server_.abort_all();
  const auto sinks = reloader_->registry().current();
  for (const auto& queue : sinks->sinks()) queue->begin_stop(kFlushGrace);  // they end beside one another
  for (const auto& queue : sinks->sinks()) queue->stop(kFlushGrace);
  if (shared_ != nullptr) shared_->stop();
  succession_.end();
  bookkeeper_.stop();
  warnings_.stop(kWarnGrace);
  Status books = bookkeeper_.health();
  if (books.ok())
    logger().information("drained");
  else
    logger().error("drained, but what was spent last is not written down: " + std::string(books.message()));
  return books;
}

}  // namespace gatehouse
