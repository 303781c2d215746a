#include "core/text/json_writer.h"
#include "dialects/anthropic/anthropic_json.h"
#include "dialects/anthropic/anthropic_request.h"
#include "handlers/callers/caller_identity.h"
#include "handlers/callers/endpoints.h"
#include "handlers/callers/request_record.h"
#include "handlers/routing/answer.h"
#include "limits/bill/estimate.h"

namespace gatehouse::handlers {

namespace {

constexpr std::string_view kRoute = "/v1/messages/count_tokens";

// As a request would be reserved.
std::uint64_t input_tokens(const CallerServices& services, const core::Routes& routes,
                           const core::ChatRequest& question) {
  limits::Estimate estimate = limits::estimate(question);
  const auto route = routes.find(question.model());
  if (route != routes.end())
    limits::correct(estimate, question, services.encodings.find(route->second.encoding), services.ledger.ratios());
  return estimate.input;
}

core::Result<std::uint64_t> count(const CallerServices& services, const modules::Generation& generation,
                                  net::Request& request, Visitor& visitor, core::Record& record) {
  GH_ASSIGN(const auto question, dialects::read_anthropic_request(request.take_body(), dialects::MaxTokens::optional));
  GH_TRY(identify(request, {}, visitor.caller));
  GH_TRY(read_tags(services.ledger, request, question, visitor.caller));
  const core::Caller& caller = visitor.caller;
  record.is_of(caller);
  record.model_requested = question.model();
  GH_TRY(caller.may_use(question.model()));
  const auto route = generation.routes().find(question.model());
  std::vector<core::Tag> tags;
  const core::Subject subject =
      core::subject_of(caller, route == generation.routes().end() ? "" : std::string_view(route->second.alias), tags);
  const std::int32_t today = services.ledger.now().day();
  auto reservation = services.ledger.reserve(services.ledger.newcomers().counted_as(subject, today, tags), {});
  if (!reservation.ok()) return reservation.status();
  reservation->settle(0);
  return input_tokens(services, generation.routes(), question);
}

}  // namespace

void refuse_count_tokens(const net::Request&, net::Response& response, const std::string& id, const core::Status& why) {
  std::string body;
  dialects::append_anthropic_error(why, id, body);
  response.add_field("request-id", id);
  send_json(response, why.http_status(), id, body);
}

// It counts as a request, and against no limit of tokens or money.
void count_tokens(const CallerServices& services, net::Request& request, net::Response& response, Visitor& visitor) {
  const auto generation = services.registry.current();
  core::Record record = record_of(request, visitor.id, kRoute, "anthropic", services.settings.trusted_proxies);
  record.generation = generation->number();
  services.observer.began();
  const core::Status admitted = generation->records().admit();
  const core::Result<std::uint64_t> tokens =
      admitted.ok() ? count(services, *generation, request, visitor, record) : core::Result<std::uint64_t>(admitted);
  if (tokens.ok()) {
    std::string body;
    core::JsonObject json(body);
    json.add("input_tokens", *tokens).close();
    response.add_field("request-id", visitor.id);
    send_json(response, 200, visitor.id, body);
  } else {
    refuse_count_tokens(request, response, visitor.id, tokens.status());
    record.outcome = tokens.status();
    // Who it is was not found out.
    if (record.client_id.empty() && !visitor.caller.terms)
      services.refusals.charge(record, core::RefusalBudget::Clock::now());
    record.left_out |= !admitted.ok();
  }
  record.status = tokens.ok() ? 200 : tokens.status().http_status();
  record.total = std::chrono::system_clock::now() - record.began;
  services.observer.ended(record, {});
  if (!record.left_out) generation->records().write(record.line({}));
}

}  // namespace gatehouse::handlers
