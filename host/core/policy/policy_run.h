// One exchange's way through the policies: in YAML order with the request, in reverse order with
// the answer. Remembers every decision for the log record. One exchange, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"

namespace gatehouse::core {

// In the order of the YAML file. Immutable; shared by all exchanges of a generation.
using PolicyChain = std::vector<std::shared_ptr<Policy>>;

// What one policy said at one point, for the log record.
struct Decision {
  std::string_view policy;
  std::string_view step;  // "request", "chunk", "response"
  Verdict::Kind verdict = Verdict::Kind::allow;
  std::string code;
  std::chrono::nanoseconds took{0};  // in the policy itself
};

class PolicyRun {
 public:
  explicit PolicyRun(const PolicyChain& chain);
  ~PolicyRun();
  PolicyRun(const PolicyRun&) = delete;
  PolicyRun& operator=(const PolicyRun&) = delete;

  // Asks every policy until one denies. A rewrite replaces `request`, and the next policy sees it.
  Status on_request(ChatRequest& request, RequestView view);

  bool watches_text() const { return watches_text_; }
  bool watches_responses() const { return watches_responses_; }
  std::size_t size() const { return chain_.size(); }
  StreamMode stream_mode(std::size_t policy) const { return chain_[policy]->stream_mode(); }

  // Asks one policy about a piece of streamed text and puts in `text` what is to be sent.
  Status on_chunk(std::size_t policy, std::string& text);
  // Asks every policy about a whole answer's text. `sent`: the caller has it already, so a verdict other than
  // allow is only recorded.
  Status on_response(std::string& text, bool sent);

  const std::vector<Decision>& decisions() const { return decisions_; }

 private:
  // Turns a verdict into a decision and, when it stops the exchange, into a failure.
  Status conclude(const Policy& policy, std::string_view step, const Verdict& verdict);
  Status begin(std::size_t index, const RequestView& view, std::chrono::nanoseconds& took);

  const PolicyChain& chain_;
  // One per policy asked so far; nullopt where begin() failed and on_error is allow.
  std::vector<std::optional<PolicyCall>> calls_;
  std::vector<Decision> decisions_;
  bool watches_text_ = false;
  bool watches_responses_ = false;
};

std::string_view name(Verdict::Kind kind);

}  // namespace gatehouse::core
