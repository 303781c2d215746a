// START HERE: one request's journey through the gateway, in a fixed order that plugins fill. The client has been
// identified before it begins (handlers/callers/chat.cpp).
//
//   admit -> open the bill (limits) -> policies in -> ask one target after the other until one answers, policies out on
//   what it streams -> close the bill -> answer, policies out on what is whole -> record
//
// Knows no HTTP, no YAML and no dlopen. One Exchange, one thread.
#pragma once

#include <chrono>
#include <optional>

#include "core/cancellation.h"
#include "core/policy/policy_run.h"
#include "core/policy/reply_path.h"
#include "core/record/exchange_observer.h"
#include "core/record/log_sink.h"
#include "core/record/record.h"
#include "core/record/refusal_budget.h"
#include "core/reply/answer_writer.h"
#include "core/request/caller.h"
#include "core/request/chat_request.h"
#include "core/route/breakers.h"
#include "core/route/retry.h"
#include "core/route/route.h"
#include "core/transport.h"
#include "limits/bill/bill.h"
#include "limits/ledger.h"
#include "limits/tokens/encoding.h"

namespace gatehouse {

// What an exchange needs of the gateway. It holds for the exchange's whole life: routes, policies
// and records come from one generation, the rest is the host's own.
struct ExchangeContext {
  const core::Routes& routes;
  const core::PolicyChain& policies;
  core::RecordLog& records;
  core::RefusalBudget& refusals;
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
  Exchange(const ExchangeContext& context, core::Record& record, core::Cancellation& cancellation,
           core::AnswerWriter& answer);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Answers the request, whatever happens on the way.
  // The policies may rewrite the request.
  void run(const core::Caller& caller, core::ChatRequest& request);
  // Answers a request that could not be read.
  void refuse(const core::Status& status);
  // Answers a caller who is refused before he has shown a valid key. He never keeps a record of anybody else out.
  void turn_away(const core::Status& status);

 private:
  core::Status get_reply(const core::Caller& caller, core::ChatRequest& request);
  core::Status admit(const core::Caller& caller, const core::ChatRequest& request);
  core::Status open_bill(const core::Caller& caller, const core::ChatRequest& request);
  core::Status ask(core::ChatRequest& request, const core::RequestView& view);
  core::Status attempt(const core::RetryPlan::Step& step, core::ChatRequest& request, const core::RequestView& view,
                       core::Try& noted);
  core::Status converse(const core::RetryPlan::Step& step, core::ChatRequest& request, const core::RequestView& view,
                        core::Try& noted);
  core::ReplyPath& begin_reply(bool stream, const int& upstream_status);
  void note_cost(core::Try& noted) const;
  void note(core::Try& noted, const core::Status& failure) const;
  core::Status answer();
  void record(const core::Status& status);

  const ExchangeContext& context_;
  core::Record& record_;  // is written for others, who read it when the exchange is over
  core::Cancellation& cancellation_;
  core::AnswerWriter& answer_;
  const core::Status admitted_;  // ok: every sink has room for its record; else the exchange is refused
  limits::Bill bill_;
  core::PolicyRun policies_;
  std::optional<core::ReplyPath> reply_;  // of the last attempt
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace gatehouse
