#include "handlers/callers/chat.h"

#include <new>

#include "core/short_of_memory.h"
#include "core/text/identifier.h"
#include "exchange.h"
#include "handlers/callers/caller_identity.h"
#include "handlers/callers/chat_answer.h"
#include "handlers/callers/request_record.h"
#include "net/front/client_watch.h"

namespace gatehouse::handlers {

namespace {

// An exchange and what it works with.
struct Scene {
  Scene(const CallerServices& services, const ChatEndpoint& endpoint, const net::Request& request,
        net::Response& response, const std::string& id)
      : generation(services.registry.current()),
        context{generation->routes(),      generation->policies(), generation->records(), services.refusals,
                services.ledger,           services.encodings,     services.transport,    services.observer,
                services.breakers,         services.settings.heartbeat},
        record(record_of(request, id, endpoint.route, endpoint.dialect.name(), services.settings.trusted_proxies)),
        client(request),
        answer(response, endpoint.dialect, endpoint.limit_style, record, services.settings.attempts_header),
        exchange(context, record, client, answer) {
    record.generation = generation->number();
  }

  // One generation to the last log record, whatever is swapped meanwhile.
  const std::shared_ptr<const modules::Generation> generation;
  const ExchangeContext context;
  core::Record record;
  net::ClientWatch client;
  ChatAnswer answer;
  Exchange exchange;
};

core::Result<dialects::Question> read(const dialects::Dialect& dialect, net::Request& request) try {
  return dialect.read(request.take_body());
} catch (const std::bad_alloc&) {  // the body is gone by now
  return core::short_of_memory();
}

}  // namespace

void refuse_chat(const CallerServices& services, const ChatEndpoint& endpoint, const net::Request& request,
                 net::Response& response, const std::string& id, const core::Status& why) {
  Scene(services, endpoint, request, response, id).exchange.turn_away(why);
}

void chat(const CallerServices& services, const ChatEndpoint& endpoint, net::Request& request, net::Response& response,
          Visitor& visitor) {
  Scene scene(services, endpoint, request, response, visitor.id);
  core::Record& record = scene.record;
  const auto refuse = [&](const core::Status& status) {
    return visitor.caller.terms ? scene.exchange.refuse(status) : scene.exchange.turn_away(status);
  };
  core::Result<dialects::Question> question = read(endpoint.dialect, request);
  if (!question.ok()) return refuse(question.status());
  record.caller_id = question->caller_id;
  if (request.header("x-request-id").empty() && core::is_valid_request_id(record.caller_id))
    record.request_id = record.caller_id;
  const core::Status identified = identify(request, question->client_id, visitor.caller);
  if (!identified.ok()) return refuse(identified);
  const core::Status tagged = read_tags(services.ledger, request, question->request, visitor.caller);
  if (!tagged.ok()) return refuse(tagged);
  scene.answer.answering(question->request);
  scene.exchange.run(visitor.caller, question->request);
}

}  // namespace gatehouse::handlers
