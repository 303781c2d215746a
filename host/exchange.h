// START HERE: one request's journey through the gateway, in a fixed order that plugins fill.
//
//   identify the client -> reserve (limits) -> policies in -> ask one target after the other until
//   one answers, policies out on what it says -> settle -> record
//
// Knows no HTTP, no YAML and no dlopen. One Exchange, one thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/cancellation.h"
#include "core/policy/policy_run.h"
#include "core/record/exchange_observer.h"
#include "core/record/log_sink.h"
#include "core/record/record.h"
#include "core/reply/answer_writer.h"
#include "core/reply/reply_meter.h"
#include "core/request/caller.h"
#include "core/request/chat_request.h"
#include "core/route/breakers.h"
#include "core/route/retry.h"
#include "core/route/route.h"
#include "core/transport.h"
#include "limits/encoding.h"
#include "limits/estimate.h"
#include "limits/ledger.h"
#include "limits/reservation.h"

namespace gatehouse {

// What an exchange needs of the gateway. It holds for the exchange's whole life: routes, policies
// and records come from one generation, the rest is the host's own.
struct House {
  const core::Routes& routes;
  const core::PolicyChain& policies;
  core::RecordLog& records;
  limits::Ledger& ledger;
  const limits::Encodings& encodings;
  core::Transport& transport;
  core::ExchangeObserver& observer;
  core::Breakers& breakers;
  std::chrono::milliseconds heartbeat{0};  // of a stream while the provider thinks; 0: none
};

class Exchange {
 public:
  // REQUIRES: everything passed by reference outlives the exchange. `record` comes with what is
  // known of the request and is completed here.
  Exchange(const House& house, core::Record& record, core::Cancellation& cancellation, core::AnswerWriter& answer);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Answers the request, whatever happens on the way.
  // The policies may rewrite the request.
  void run(const core::Caller& caller, core::ChatRequest& request);
  // Answers a request that could not be read.
  void refuse(const core::Status& status);

 private:
  core::Status journey(const core::Caller& caller, core::ChatRequest& request);
  core::Status reserve(const core::Caller& caller, const core::ChatRequest& request);
  core::Status ask(const core::Route& route, const core::RequestView& view);
  core::Status attempt(const core::RetryPlan::Step& step, const core::RequestView& view);
  core::Status converse(const core::RetryPlan::Step& step, const core::RequestView& view, core::Try& noted);
  core::Status deliver(core::Status status, core::ReplyMeter& meter, core::ReplyCollector& whole, bool stream);
  core::Status respond(core::Reply& reply);
  void settle(const core::Status& status);
  void book();
  void finish(const core::Status& status);

  const House& house_;
  core::Record& record_;
  core::Cancellation& cancellation_;
  core::AnswerWriter& answer_;
  const core::Status admitted_;  // whether the sinks can keep a record of it; if not, it does not happen
  core::PolicyRun policies_;
  limits::Estimate estimate_;
  core::Price price_;
  limits::Reservation reservation_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool reserved_ = false;  // and not booked yet
  bool asked_ = false;     // a provider was reached for
  bool answered_ = false;  // one has begun a reply: no other is asked
};

}  // namespace gatehouse
