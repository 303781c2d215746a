#include "handlers/admin_plugins.h"

#include "core/identifier.h"
#include "core/json_writer.h"

namespace gatehouse::handlers {

using core::JsonObject;

namespace {

void append_figures(JsonObject& json, const modules::Account::Figures& figures) {
  using Verdict = modules::Account::Verdict;
  const auto verdicts = [&](Verdict verdict) { return figures.verdicts[static_cast<std::size_t>(verdict)]; };
  json.add("calls", figures.calls).add("errors", figures.errors).add("allowed", verdicts(Verdict::allow));
  json.add("modified", verdicts(Verdict::modify)).add("denied", verdicts(Verdict::deny));
  json.add("time_us", figures.time.count() / 1'000).add("cpu_us", figures.cpu.count() / 1'000);
}

void append_plugin(std::string& out, const modules::PluginUse& use) {
  const modules::PluginReport& plugin = use.report;
  JsonObject json(out);
  json.add("kind", plugin.kind).add("name", plugin.name).add("id", plugin.id).add("version", plugin.version);
  json.add("interface", plugin.interface_id).add("file", plugin.file).add("sha256", plugin.sha256);
  json.add("build", plugin.build).add("resident", plugin.resident);
  append_figures(json, use.instance->account().figures());
  json.close();
}

void append_sink(std::string& out, const modules::LogQueue& queue) {
  const modules::LogQueueCounts counts = queue.counts();
  JsonObject json(out);
  json.add("name", queue.name()).add("written", counts.written).add("dropped", counts.dropped);
  json.add("retries", counts.retries).add("waiting", counts.waiting).close();
}

std::string plugins_json(const modules::Generation& generation) {
  std::string out;
  JsonObject json(out);
  json.add("generation", generation.number()).key("plugins") += '[';
  for (const modules::PluginUse& plugin : generation.plugins()) {
    if (out.back() != '[') out += ',';
    append_plugin(out, plugin);
  }
  out += ']';
  json.key("log_sinks") += '[';
  for (const auto& queue : generation.sinks()) {
    if (out.back() != '[') out += ',';
    append_sink(out, *queue);
  }
  out += ']';
  json.close();
  return out;
}

}  // namespace

void AdminPlugins::handle(net::Request& request, net::Response& response) {
  send_json(response, 200, request_id(request, core::new_exchange_id()), plugins_json(*services_.registry.current()));
}

}  // namespace gatehouse::handlers
