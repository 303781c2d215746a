#include "handlers/admin/endpoints.h"

#include "core/text/json_writer.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;

namespace {

constexpr double kTypical = 0.5, kSlow = 0.99;  // shares of calls

void append_figures(JsonObject& json, const modules::PluginStats::Figures& figures) {
  using Verdict = modules::PluginStats::Verdict;
  const auto verdicts = [&](Verdict verdict) { return figures.verdicts[static_cast<std::size_t>(verdict)]; };
  json.add("calls", figures.calls).add("errors", figures.errors).add("allowed", verdicts(Verdict::allow));
  json.add("modified", verdicts(Verdict::modify)).add("denied", verdicts(Verdict::deny));
  json.add("time_us", figures.time.count() / 1'000).add("cpu_us", figures.cpu.count() / 1'000);
  json.add("p50_us", figures.within(kTypical)).add("p99_us", figures.within(kSlow));
}

void append_verdict(std::string& out, const std::pair<const modules::Compared, modules::Shadow::Tally>& verdict) {
  const auto& [compared, tally] = verdict;
  JsonObject json(out);
  json.add("step", modules::name(compared.step)).add("live", core::name(compared.live));
  json.add("shadow", core::name(compared.shadow)).add("same", compared.same).add("exchanges", tally.exchanges);
  JsonArray(json.key("request_ids")).add_each(tally.latest, append_quoted);
}

void append_comparison(JsonObject& json, const modules::Shadow& shadow) {
  const modules::Shadow::Report report = shadow.report();
  json.add("compared", report.compared).add("changed", report.changed).add("skipped", report.skipped);
  JsonArray(json.key("verdicts")).add_each(report.verdicts, append_verdict);
}

void append_counter(std::string& out, const std::pair<const std::string, std::int64_t>& counter) {
  JsonObject(out).add("name", counter.first).add("value", counter.second).close();
}

void append_plugin(std::string& out, const modules::PluginUse& use) {
  const modules::PluginReport& plugin = use.report;
  JsonObject json(out);
  json.add("kind", modules::name(plugin.kind)).add("name", plugin.name).add("id", plugin.id);
  json.add("version", plugin.version);
  json.add("interface", plugin.interface_id).add("file", plugin.file).add("sha256", plugin.sha256);
  json.add("build", plugin.build).add("resident", plugin.resident);
  const modules::PluginStats& stats = use.instance->stats();
  append_figures(json, stats.figures());
  JsonArray(json.key("counters")).add_each(stats.counters().all(), append_counter);
  if (use.shadow) append_comparison(json, *use.shadow);
}

void append_sink(std::string& out, const std::shared_ptr<modules::LogQueue>& queue) {
  const modules::LogQueueCounts counts = queue->counts();
  JsonObject json(out);
  json.add("name", queue->name()).add("written", counts.written).add("dropped", counts.dropped);
  json.add("retries", counts.retries).add("waiting", counts.waiting);
}

std::string plugins_json(const modules::Generation& generation) {
  std::string out;
  JsonObject json(out);
  json.add("generation", generation.number());
  JsonArray(json.key("plugins")).add_each(generation.plugins(), append_plugin);
  JsonArray(json.key("log_sinks")).add_each(generation.sinks(), append_sink);
  json.close();
  return out;
}

}  // namespace

void admin_plugins(const OperatorServices& services, const Query&, net::Response& response, const std::string& id) {
  send_json(response, 200, id, plugins_json(*services.registry.current()));
}

}  // namespace gatehouse::handlers
