// What the gateway remembers of one exchange: who asked what of whom, what was decided, what it
// cost, how it ended. Never a prompt, an answer or a credential. Filled by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/money/usage.h"
#include "core/policy/policy_run.h"
#include "core/record/log_sink.h"
#include "core/record/trace_context.h"
#include "core/request/caller.h"
#include "core/status.h"
#include "core/transport.h"

namespace gatehouse::core {

// One attempt at a target, or the decision not to make one.
struct Try {
  std::string provider, model;
  int upstream_status = 0;             // 0: it did not answer
  std::string_view error;              // error.type; empty: none so far
  std::string detail;                  // of the error, for the operator
  std::chrono::nanoseconds waited{0};  // before it
  std::chrono::nanoseconds took{0};
  UpstreamTrace wire;            // a resend in it is a try of its own
  Usage usage;                   // that it is charged for; none where nothing was
  std::int64_t nanodollars = 0;  // what that costs
  bool doubted = false;          // the provider said that it used more than can be
};

// "openai/gpt-4o-mini 503, local/echo ok": what was tried, and how each ended.
std::string summary(std::span<const Try> tries);

// One limit, as a configuration names it; static.
struct LimitName {
  std::string_view per, limit;
};

struct Record {
  std::chrono::system_clock::time_point began;
  std::string id;          // ours, unique
  std::string request_id;  // the caller's where it gave one, else ours
  std::string caller_id;   // metadata.request_id of /v1/chat
  TraceContext trace;
  std::string client_id;
  std::string team;    // of the key; empty: none
  Tags tags;           // that `limits` speak of
  std::string key_id;  // a hash prefix of the credential, never the credential
  std::string remote_addr;
  std::string_view method;
  std::string_view route;  // the endpoint
  std::string_view dialect;
  std::string model_requested;
  std::string model_served;
  std::string provider;
  bool stream = false;
  int status = 0;           // as sent to the caller; of a stream that failed midway: 200
  int upstream_status = 0;  // 0: no provider was reached
  Status outcome;           // ok, or why the caller has less than a whole answer
  std::string finish_reason;
  bool ended_short = false;  // a stream that the provider would have gone on with, as a limit had no more for it:
  LimitName ended_by;        // this one; empty: the shared limits could not be looked up
  std::uint32_t attempts = 0;
  std::vector<Try> tries;  // in their order
  Usage usage;                   // of all tries together
  std::int64_t nanodollars = 0;  // what the usage costs
  std::uint64_t reserved_tokens = 0;
  std::uint64_t output_bound = 0;  // that was sent as the caller named none, in tokens; 0: none was
  std::string_view estimate_method;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t chunks = 0;
  std::chrono::nanoseconds policies{0};
  std::chrono::nanoseconds upstream_connect{0};
  std::chrono::nanoseconds first_token{0};  // from `began`; 0: none came
  std::chrono::nanoseconds total{0};
  std::uint64_t generation = 0;
  bool of_stranger = false;      // who was refused before he had shown a valid key
  bool left_out = false;         // no sink is given it
  std::uint64_t unrecorded = 0;  // of a stranger: refusals of strangers since the last record that were left out

  // Who asks, as far as a record tells.
  void is_of(const Caller& caller);
  // Whether a provider said that it used more tokens than can be.
  bool usage_doubted() const;
  // One line for the sinks. Each text in it is bounded, whoever wrote it.
  LogLinePtr line(std::span<const Decision> decisions) const;
};

}  // namespace gatehouse::core
