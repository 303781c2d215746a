#include "handlers/chat.h"

#include "core/identifier.h"
#include "exchange.h"
#include "handlers/caller_identity.h"
#include "handlers/chat_answer.h"
#include "net/client_watch.h"

namespace gatehouse::handlers {

void Chat::handle(net::Request& request, net::Response& response) {
  // One generation from the first byte to the last log record, whatever is swapped meanwhile.
  const std::shared_ptr<const modules::Generation> generation = services_.registry.current();
  const House house{generation->routes(), generation->policies(), generation->records(),
                    services_.ledger,     services_.encodings,    services_.transport,
                    services_.metrics,    services_.breakers,     services_.settings.heartbeat};
  core::Record record = describe(request);
  record.generation = generation->number();
  net::ClientWatch client(request);
  ChatAnswer answer(response, dialect_, limit_style_, record);
  Exchange exchange(house, record, client, answer);

  core::Result<core::Caller> caller = authenticate(request, services_);
  if (!caller.ok()) return exchange.refuse(caller.status());
  core::Result<dialects::Question> question = dialect_.read(request.take_body());
  if (!question.ok()) return exchange.refuse(question.status());
  record.caller_id = question->caller_id;
  if (request.header("x-request-id").empty() && core::is_valid_request_id(record.caller_id))
    record.request_id = record.caller_id;
  const core::Status identified = identify(request, question->client_id, *caller);
  if (!identified.ok()) return exchange.refuse(identified);
  answer.answering(question->request);
  exchange.run(*caller, question->request);
}

core::Record Chat::describe(const net::Request& request) const {
  core::Record record;
  record.began = std::chrono::system_clock::now();
  record.id = core::new_exchange_id(record.began);
  record.request_id = request_id(request, record.id);
  record.trace = core::TraceContext::from(request.header("traceparent"));
  record.remote_addr = request.client_host();
  record.method = "POST";
  record.route = route_;
  record.dialect = dialect_.name();
  record.bytes_in = request.body().size();
  return record;
}

}  // namespace gatehouse::handlers
