#include "core/text/json_writer.h"
#include "core/text/utc.h"
#include "handlers/callers/endpoints.h"
#include "handlers/routing/answer.h"
#include "handlers/routing/query.h"

namespace gatehouse::handlers {

using core::JsonObject;

namespace {

void append_model(std::string& out, std::string_view alias, std::time_t created) {
  JsonObject model(out);
  model.add("id", alias).add("object", "model").add("created", created).add("owned_by", "gatehouse");
  model.add("type", "model").add("display_name", alias);
  model.add("created_at", core::utc_text(created));
}

// The models this caller may use.
std::string list(const core::Routes& routes, const core::Caller& caller, std::time_t created) {
  std::string out;
  std::string_view first, last;
  JsonObject json(out);
  core::JsonArray data(json.add("object", "list").key("data"));
  for (const auto& [alias, route] : routes) {
    if (!caller.may_use(alias).ok()) continue;
    if (first.empty()) first = alias;
    last = alias;
    append_model(data.next(), alias, created);
  }
  data.close();
  json.add_raw("has_more", "false");
  json.add_or_null("first_id", first).add_or_null("last_id", last).close();
  return out;
}

// The id behind "/models/", decoded: ids may hold slashes and colons. Empty when there is none.
core::Result<std::string> wanted(std::string_view path) {
  constexpr std::string_view kFolder = "/models/";
  const std::size_t at = path.find(kFolder);
  if (at == path.npos) return std::string();
  return percent_decoded(path.substr(at + kFolder.size()), false);
}

}  // namespace

void models(const CallerServices& services, net::Request& request, net::Response& response, Visitor& visitor) {
  const core::Caller& caller = visitor.caller;
  const std::string& id = visitor.id;
  const auto generation = services.registry.current();
  const core::Routes& routes = generation->routes();
  const std::time_t created = std::chrono::system_clock::to_time_t(generation->since());
  const core::Result<std::string> model = wanted(path_of(request));
  if (!model.ok()) {
    const std::string what(model.status().message());
    return send_error(response, {core::Code::invalid_request, "The model in the path " + what}, id);
  }
  if (model->empty()) return send_json(response, 200, id, list(routes, caller, created));
  if (!routes.contains(*model) || !caller.may_use(*model).ok())
    return send_error(response, core::unknown_model(*model), id);
  std::string out;
  append_model(out, *model, created);
  send_json(response, 200, id, out);
}

}  // namespace gatehouse::handlers
