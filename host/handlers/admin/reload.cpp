#include "handlers/admin/endpoints.h"

#include "core/text/json_writer.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

using core::JsonArray;
using core::JsonObject;

namespace {

constexpr int kUnprocessable = 422;

std::int64_t unix_ms(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

void append_generation(std::string& out, const modules::GenerationState& generation) {
  JsonObject json(out);
  json.add("generation", generation.number).add("since_unix_ms", unix_ms(generation.since));
  json.add("current", generation.current).add("in_flight", generation.in_flight);
}

void append_change(std::string& out, const modules::PluginChange& change) {
  JsonObject json(out);
  json.add("kind", modules::name(change.plugin.kind)).add("name", change.plugin.name);
  json.add("result", modules::name(change.kind));
  json.add("reason", change.reason).add_or_null("version", change.plugin.version);
  json.add_or_null("sha256", change.plugin.sha256);
}

void append_leftover(std::string& out, const modules::Leftover& leftover) {
  JsonObject json(out);
  json.add("file", leftover.file).add("sha256", leftover.sha256).add("why", leftover.why);
}

void append_rollback(std::string& out, const modules::Rollback& rollback) {
  JsonObject json(out);
  json.add("kind", modules::name(rollback.plugin.kind)).add("name", rollback.plugin.name);
  json.add("version", rollback.plugin.version);
  json.add("sha256", rollback.plugin.sha256).add("why", rollback.why).add("unix_ms", unix_ms(rollback.when));
}

void append_promotion(std::string& out, const modules::Promotion& promotion) {
  JsonObject json(out);
  json.add("policy", promotion.policy).add("plugin", promotion.shadow).add("sha256", promotion.sha256);
  json.add("until_restart_instead_of", promotion.plugin);
}

std::string to_json(const modules::ReloadReport& report) {
  std::string out;
  JsonObject json(out);
  json.add("reloaded", report.done).add("generation", report.generation);
  if (!report.done) {
    JsonObject error(json.key("error"));
    error.add("type", "reload_refused").add("message", report.problem);
  }
  JsonArray(json.key("plugins")).add_each(report.plugins, append_change);
  JsonArray(json.key("needs_restart")).add_each(report.needs_restart, append_quoted);
  JsonArray(json.key("promoted")).add_each(report.promoted, append_promotion);
  JsonArray(json.key("still_running")).add_each(report.still_running, append_generation);
  json.add("took_ms", report.took.count()).close();
  return out;
}

void send_report(net::Response& response, const modules::ReloadReport& report, const std::string& id) {
  send_json(response, report.done ? 200 : kUnprocessable, id, to_json(report));
}

}  // namespace

void admin_reload(const OperatorServices& services, const Query& query, net::Response& response,
                  const std::string& id) {
  using Retry = modules::Reloader::Retry;
  send_report(response, services.reload(query.given("retry") ? Retry::all : Retry::none), id);
}

void admin_promote(const OperatorServices& services, const Query& query, net::Response& response,
                   const std::string& id) {
  if (!query.given("policy"))
    return send_error(response, {core::Code::invalid_request, "Say which policy: /admin/promote?policy=NAME"}, id);
  send_report(response, services.promote(query.value("policy")), id);
}

void admin_generations(const OperatorServices& services, const Query&, net::Response& response, const std::string& id) {
  std::string out;
  JsonObject json(out);
  JsonArray(json.key("generations")).add_each(services.reloader.generations(), append_generation);
  JsonArray(json.key("residents")).add_each(services.reloader.leftovers(), append_leftover);
  JsonArray(json.key("rollbacks")).add_each(services.reloader.rollbacks(), append_rollback);
  json.close();
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
