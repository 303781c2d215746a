// A connection's requests and their handlers.
#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <new>

#include "core/short_of_memory.h"
#include "core/wait.h"
#include "net/front/connection.h"
#include "net/bounds/overloaded.h"
#include "net/front/failure_answer.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::net {

using core::Code;
using core::Status;

// When the head is there, and again when the body is. False: stop, next_ says how to go on.
bool Connection::exchange() {
  const bool whole = reader_.state() == State::complete;
  intake_.reset();  // from here on the body is the exchange's
  Wire wire(fd_, state_.options.write_stall);
  Response response(wire,
                    {reader_.version(), reader_.method() == "HEAD", reader_.keep_alive() && whole, state_.draining});
  Request request(reader_, socket_, client_host_, state_, response);
  handle(request, response);
  if (handler_ != nullptr && !whole) return wait_for_body();
  handler_.reset();
  if (!response.complete() && !response.delimited()) reset_on_close();
  if (response.complete() && !response.keeps_alive()) close_gently();
  if (!response.keeps_alive()) return false;
  ++served_;
  since_ = core::coarse_now();
  reader_.next();
  return true;
}

// Finds the handler and, once the request is whole, runs it. No exception passes, and an answer is given where none
// was begun.
void Connection::handle(Request& request, Response& response) {
  Status failed(Code::internal, "The request could not be handled.");
  try {
    if (handler_ == nullptr) {
      ++state_.requests;
      handler_.reset(state_.factory.createRequestHandler(request));
      if (handler_ != nullptr && !request.whole()) return;
    }
    if (handler_ != nullptr) work(request, response);
    response.finish();
  } catch (const std::bad_alloc&) {
    failed = core::short_of_memory();
  } catch (const Poco::Exception& e) {
    Poco::ErrorHandler::handle(e);
  } catch (const std::exception& e) {
    Poco::ErrorHandler::handle(e);
  } catch (...) {
    Poco::ErrorHandler::handle();
  }
  // Whether the answer arrived, response.complete() tells.
  if (!response.sent()) (void)answer_failure(response, failed);
}

void Connection::work(Request& request, Response& response) {
  struct Count {
    std::atomic<unsigned>& in_flight;
    const bool fits;
    explicit Count(ServerState& state)
        : in_flight(state.in_flight), fits(in_flight.fetch_add(1) < state.options.max_in_flight) {}
    ~Count() { --in_flight; }
  };
  const Count count(state_);
  if (count.fits) return handler_->handleRequest(request, response);
  ++state_.refused;
  response.close_after();
  (void)answer_failure(response, overloaded("The gateway is handling as many requests as it may."));
}

// The head was let in. False: it is refused now, for there is no room or the client has left.
bool Connection::wait_for_body() {
  const ServerOptions& options = state_.options;
  intake_.emplace(*options.bodies, options.body_rate, options.body_silence, core::coarse_now());
  Status room = options.bodies->has_room_for(reader_.body_declared()) ? take_in_body() : no_room_for_body();
  if (!room.ok()) return refuse(room, options.write_stall), false;
  if (!reader_.wants_continue()) return true;
  const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  return Wire(fd_, options.write_stall).write({&go_on, 1}).ok();
}

}  // namespace gatehouse::net
