// What an engine in this process answers.
#include "conformance/check.h"
#include "conformance/exchange.h"

namespace gatehouse::conformance {

namespace {

void each_engine(const CheckedPlugin& checked, const std::function<void(const Instance&, Memory&)>& visit) {
  each_instance(checked, {GH_PROVIDER_LOCAL_1}, [&](const Instance& instance) {
    Memory memory;
    visit(instance, memory);
  });
}

void finishes_its_answer(const CheckedPlugin& checked) {
  each_engine(checked, [](const Instance& instance, Memory& memory) {
    Listener listener(memory);
    const Outcome outcome = run_local(instance, ordinary_request(), listener, memory);
    if (!outcome.ok()) fail("it does not answer an ordinary request: " + outcome.message);
    if (!listener.finished()) fail("its answer ends without a FINISH");
  });
}

void takes_any_request(const CheckedPlugin& checked) {
  each_engine(checked, [](const Instance& instance, Memory& memory) {
    for (const Request& request : odd_requests()) {
      Listener listener(memory, 1000);
      const Outcome outcome = run_local(instance, request, listener, memory);
      if (outcome.ok() && !listener.finished() && listener.told_after_leaving() == 0)
        fail("its answer to " + request.name + " ends without a FINISH");
    }
  });
}

void engine_stops_when_nobody_listens(const CheckedPlugin& checked) {
  each_engine(checked, [](const Instance& instance, Memory& memory) {
    for (const std::size_t events : {0, 1, 2}) {
      Listener listener(memory, events);
      const Outcome outcome = run_local(instance, ordinary_request(), listener, memory);
      if (listener.told_after_leaving() == 0) continue;  // it had no more to say
      if (listener.told_after_leaving() > 1)
        fail("told that its caller has left, it sent " + std::to_string(listener.told_after_leaving() - 1) +
             " more events");
      if (outcome.ok()) fail("told that its caller has left, it answered as if all were well");
    }
  });
}

}  // namespace

std::vector<Check> local_checks() {
  return {
      {"local.answers", "It answers an ordinary request to the end.", finishes_its_answer},
      {"local.requests", "It answers any request, or refuses it with a reason.", takes_any_request},
      {"local.cancel", "It stops when its caller has left.", engine_stops_when_nobody_listens},
  };
}

}  // namespace gatehouse::conformance
