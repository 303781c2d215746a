#include "handlers/admin/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>

#include "handlers/admin/plugin_metrics.h"
#include "limits/accounts/account_name.h"

namespace gatehouse::handlers {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

// The buckets of OpenTelemetry's GenAI conventions.
prometheus::Histogram::BucketBoundaries buckets() {
  return {.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
}

MetricFamily family(const std::string& name, const std::string& help, MetricType type) {
  return {name, help, type, {}};
}

void add(MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Gauge)
    metric.gauge.value = value;
  else
    metric.counter.value = value;
  family.metric.push_back(std::move(metric));
}

void append_sinks(std::vector<MetricFamily>& families, const modules::Generation& generation) {
  auto records = family("gatehouse_log_records_total", "Log records by what became of them", MetricType::Counter);
  auto retries = family("gatehouse_log_retries_total", "Batches a sink asked to see again", MetricType::Counter);
  auto depth = family("gatehouse_log_queue_depth", "Log records that wait for their sink", MetricType::Gauge);
  for (const auto& queue : generation.sinks()) {
    const modules::LogQueueCounts counts = queue->counts();
    const std::string name(queue->name());
    add(records, {{"sink", name}, {"result", "written"}}, static_cast<double>(counts.written));
    add(records, {{"sink", name}, {"result", "dropped"}}, static_cast<double>(counts.dropped));
    add(retries, {{"sink", name}}, static_cast<double>(counts.retries));
    add(depth, {{"sink", name}}, static_cast<double>(counts.waiting));
  }
  families.insert(families.end(), {std::move(records), std::move(retries), std::move(depth)});
}

void append_server(std::vector<MetricFamily>& families, const net::ServerCounters& server) {
  auto connections = family("gatehouse_connections_total", "Connections by what became of them", MetricType::Counter);
  add(connections, {{"result", "accepted"}}, static_cast<double>(server.accepted));
  add(connections, {{"result", "refused"}}, static_cast<double>(server.refused));
  add(connections, {{"result", "shed"}}, static_cast<double>(server.shed));
  auto parked =
      family("gatehouse_connections_parked", "Connections that wait for their next request", MetricType::Gauge);
  add(parked, {}, static_cast<double>(server.parked));
  families.insert(families.end(), {std::move(connections), std::move(parked)});
}

void append_shared(std::vector<MetricFamily>& families, const limits::SharedAccounts& shared) {
  auto reachable = family("gatehouse_shared_limits_reachable", "1 while the shared limits decide", MetricType::Gauge);
  add(reachable, {}, shared.reachable() ? 1 : 0);
  auto failures =
      family("gatehouse_shared_limits_failures_total", "How often they were lost", MetricType::Counter);
  add(failures, {}, static_cast<double>(shared.failures()));
  families.insert(families.end(), {std::move(reachable), std::move(failures)});
}

std::vector<prometheus::ClientMetric::Label> labels_of(core::Scope scope, core::Dimension dimension) {
  return {{"per", std::string(core::info(scope).name)}, {"limit", std::string(core::info(dimension).name)}};
}

// Never a spender's name: GET /admin/limits has those.
void append_limits(std::vector<MetricFamily>& families, limits::Ledger& ledger) {
  auto used = family("gatehouse_limit_used_ratio", "Of a limit, the part that its fullest account has used",
                     MetricType::Gauge);
  std::vector<limits::Balance> fullest = ledger.fullest();
  if (const std::vector<limits::Balance> together = ledger.together(fullest); !together.empty()) fullest = together;
  for (const limits::Balance& balance : fullest) {
    const double ratio = static_cast<double>(balance.spent) / static_cast<double>(balance.most);
    const std::string_view label = limits::label_of(balance.name);
    auto labels = labels_of(balance.scope, balance.dimension);
    labels.front().value = limits::per_of(balance.scope, label);
    if (const std::string_view match = limits::match_of(label); !match.empty())
      labels.push_back({"match", std::string(match)});
    add(used, labels, std::max(ratio, 0.0));
  }
  families.push_back(std::move(used));
}

void append_warnings(std::vector<MetricFamily>& families, const limits::LimitWarnings& warnings) {
  auto passed = family("gatehouse_limit_warnings_total", "Accounts that came near a limit, as its `warn` says",
                       MetricType::Counter);
  for (const core::ScopeInfo& scope : core::kScopes) {
    for (const core::DimensionInfo& row : core::kDimensions) {
      if (const std::uint64_t count = warnings.count(scope.scope, row.dimension); count != 0)
        add(passed, labels_of(scope.scope, row.dimension), static_cast<double>(count));
    }
  }
  auto sent = family("gatehouse_limit_webhook_total", "Warnings for the webhook by what became of them",
                     MetricType::Counter);
  const limits::WebhookCounts counts = warnings.webhook();
  add(sent, {{"result", "delivered"}}, static_cast<double>(counts.delivered));
  add(sent, {{"result", "failed"}}, static_cast<double>(counts.failed));
  add(sent, {{"result", "dropped"}}, static_cast<double>(counts.dropped));
  families.insert(families.end(), {std::move(passed), std::move(sent)});
}

using View = std::string_view;

std::tuple<View, View, View, int, View> names(const core::Record& record) {
  // The model of a request that reached no provider may be any string.
  const View model = record.provider.empty() ? View() : View(record.model_requested);
  return {record.route, record.provider, model, record.status,
          record.outcome.ok() ? View() : core::info(record.outcome.code()).type};
}

std::tuple<View, View, View> names(const core::Decision& decision) {
  return {decision.policy, decision.step, core::name(decision.verdict)};
}

}  // namespace

Metrics::Metrics()
    : requests_(prometheus::BuildCounter()
                    .Name("gatehouse_requests_total")
                    .Help("Exchanges by endpoint, target and how they ended")
                    .Register(registry_)),
      duration_(prometheus::BuildHistogram()
                    .Name("gatehouse_request_duration_seconds")
                    .Help("From the request read to the last byte of its answer")
                    .Register(registry_)),
      first_token_(prometheus::BuildHistogram()
                       .Name("gatehouse_time_to_first_token_seconds")
                       .Help("From the request read to the provider's first words")
                       .Register(registry_)),
      tokens_(
          prometheus::BuildCounter().Name("gatehouse_tokens_total").Help("Tokens by direction").Register(registry_)),
      dollars_(prometheus::BuildCounter()
                   .Name("gatehouse_dollars_total")
                   .Help("What tokens cost, by the prices of the configuration")
                   .Register(registry_)),
      verdicts_(prometheus::BuildCounter()
                    .Name("gatehouse_policy_verdicts_total")
                    .Help("What the policies decided")
                    .Register(registry_)),
      ended_short_(prometheus::BuildCounter()
                       .Name("gatehouse_streams_ended_by_limit_total")
                       .Help("Streams that were ended as a limit had no more for them")
                       .Register(registry_)),
      in_flight_(prometheus::BuildGauge()
                     .Name("gatehouse_inflight_requests")
                     .Help("Exchanges under way")
                     .Register(registry_)
                     .Add({})),
      left_out_(prometheus::BuildCounter()
                    .Name("gatehouse_unrecorded_total")
                    .Help("Refusals that left no record")
                    .Register(registry_)
                    .Add({})),
      doubted_(prometheus::BuildCounter()
                   .Name("gatehouse_usage_doubted_total")
                   .Help("Exchanges whose provider said that it used more tokens than can be")
                   .Register(registry_)
                   .Add({})) {}

void Metrics::ended(const core::Record& record, std::span<const core::Decision> decisions) {
  in_flight_.Decrement();
  if (record.left_out) left_out_.Increment();
  if (record.usage_doubted()) doubted_.Increment();
  const auto known = [](std::string_view name) { return std::string(name.empty() ? "unknown" : name); };
  if (record.ended_short)
    ended_short_.Add({{"per", known(record.ended_by.per)}, {"limit", known(record.ended_by.limit)}})
        .Increment();
  {
    const std::shared_lock lock(mutex_);
    if (count(record, decisions)) return;
  }
  const std::unique_lock lock(mutex_);
  enter(record);
  for (const core::Decision& decision : decisions) enter(decision);
  count(record, decisions);
}

// False: a combination of labels is new, and nothing was counted.
bool Metrics::count(const core::Record& record, std::span<const core::Decision> decisions) {
  const auto found = series_.find(names(record));
  if (found == series_.end()) return false;
  thread_local std::vector<prometheus::Counter*> verdicts;  // kept for its memory
  verdicts.clear();
  for (const core::Decision& decision : decisions) {
    const auto counter = verdict_counters_.find(names(decision));
    if (counter == verdict_counters_.end()) return false;
    verdicts.push_back(&counter->second);
  }
  Series& counted = found->second;
  counted.requests.Increment();
  counted.duration.Observe(in_seconds(record.total));
  if (record.first_token.count() != 0) counted.first_token.Observe(in_seconds(record.first_token));
  counted.tokens_in.Increment(static_cast<double>(record.usage.input));
  counted.tokens_out.Increment(static_cast<double>(record.usage.output));
  counted.dollars.Increment(static_cast<double>(record.nanodollars) / core::kNanodollarsPerDollar);
  for (prometheus::Counter* counter : verdicts) counter->Increment();
  return true;
}

void Metrics::enter(const core::Record& record) {
  const auto [route, provider, model, status, type] = names(record);
  const prometheus::Labels target{
      {"route", std::string(route)}, {"provider", std::string(provider)}, {"model", std::string(model)}};
  prometheus::Labels ending = target;
  ending.insert({{"code", std::to_string(status)}, {"error", std::string(type)}});
  const auto direction = [&](const char* way) {
    prometheus::Labels labels = target;
    labels.emplace("direction", way);
    return labels;
  };
  series_.try_emplace({std::string(route), std::string(provider), std::string(model), status, std::string(type)},
                      Series{requests_.Add(ending), duration_.Add(target, buckets()),
                             first_token_.Add(target, buckets()), tokens_.Add(direction("in")),
                             tokens_.Add(direction("out")), dollars_.Add(target)});
}

void Metrics::enter(const core::Decision& decision) {
  const auto [policy, step, verdict] = names(decision);
  verdict_counters_.try_emplace({std::string(policy), std::string(step), std::string(verdict)},
                                verdicts_.Add({{"policy", std::string(policy)},
                                               {"step", std::string(step)},
                                               {"verdict", std::string(verdict)}}));
}

std::string Metrics::text(const modules::Generation& generation, const modules::Reloader& reloader,
                          const net::ServerCounters& server, limits::Ledger& ledger,
                          const limits::LimitWarnings& warnings, bool database_works) const {
  std::vector<MetricFamily> families = registry_.Collect();
  append_plugins(families, reloader);
  append_sinks(families, generation);
  append_server(families, server);
  if (ledger.shared() != nullptr) append_shared(families, *ledger.shared());
  append_limits(families, ledger);
  append_warnings(families, warnings);
  auto others = family("gatehouse_requests_of_others_total", "Requests of clients or keys that are not told apart",
                       MetricType::Counter);
  add(others, {}, static_cast<double>(ledger.newcomers().of_others()));
  families.push_back(std::move(others));
  auto failing =
      family("gatehouse_database_failing", "1 while the database can be read or written no more", MetricType::Gauge);
  add(failing, {}, database_works ? 0 : 1);
  families.push_back(std::move(failing));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatehouse::handlers
