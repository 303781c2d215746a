#include "core/policy/policy_run.h"

#include <Poco/Logger.h>

#include <utility>

namespace gatehouse::core {

std::string_view name(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::failed: return "failed";
    case Verdict::Kind::allow: return "allow";
    case Verdict::Kind::modify: return "modify";
    case Verdict::Kind::deny: return "deny";
  }
  return "failed";
}

PolicyRun::PolicyRun(const PolicyChain& chain) : chain_(chain) {
  calls_.reserve(chain.size());
  decisions_.reserve(chain.size());
  for (const auto& policy : chain) {
    watches_text_ |= policy->stream_mode() != StreamMode::none;
    watches_responses_ |= policy->sees_responses();
  }
}

PolicyRun::~PolicyRun() {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    if (calls_[i]) chain_[i]->end(*calls_[i]);
  }
}

Status PolicyRun::on_request(ChatRequest& request, RequestView view) {
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    const Policy& policy = *chain_[i];
    view.json = request.json();
    std::chrono::nanoseconds beginning{0};
    GH_TRY(begin(i, view, beginning));
    if (!calls_[i]) continue;
    Verdict verdict = chain_[i]->on_request(*calls_[i], view);
    verdict.took += beginning;
    if (verdict.kind == Verdict::Kind::modify) {
      Result<ChatRequest> rewritten = ChatRequest::parse(PaddedBytes(verdict.content), request.task());
      if (rewritten.ok()) {
        request = *std::move(rewritten);
      } else {
        verdict.kind = Verdict::Kind::failed;
        verdict.text = "its rewrite of the request: " + std::string(rewritten.status().message());
      }
    }
    GH_TRY(conclude(policy, "request", verdict));
  }
  return {};
}

Status PolicyRun::on_chunk(std::size_t index, std::string& text) {
  if (!calls_[index]) return {};
  Verdict verdict = chain_[index]->on_chunk(*calls_[index], text);
  if (verdict.kind == Verdict::Kind::modify) text = std::move(verdict.content);
  return conclude(*chain_[index], "chunk", verdict);
}

Status PolicyRun::on_response(std::string& text, bool sent) {
  for (std::size_t i = chain_.size(); i-- > 0;) {
    if (!chain_[i]->sees_responses() || !calls_[i]) continue;
    Verdict verdict = chain_[i]->on_response(*calls_[i], text);
    if (verdict.kind == Verdict::Kind::modify) text = std::move(verdict.content);
    Status status = conclude(*chain_[i], "response", verdict);
    if (!status.ok() && !sent) return status;
  }
  return {};
}

Status PolicyRun::begin(std::size_t index, const RequestView& view, std::chrono::nanoseconds& took) {
  Result<PolicyCall> call = chain_[index]->begin(view, took);
  calls_.push_back(call.ok() ? std::optional(*call) : std::nullopt);
  if (call.ok()) return {};
  const Verdict failed{Verdict::Kind::failed, {}, {}, std::string(call.status().message()), took};
  return conclude(*chain_[index], "request", failed);
}

Status PolicyRun::conclude(const Policy& policy, std::string_view step, const Verdict& verdict) {
  // Text comes in many pieces; only those that were not simply allowed are worth a line.
  if (step != "chunk" || verdict.kind != Verdict::Kind::allow)
    decisions_.push_back({policy.name(), step, verdict.kind, verdict.code, verdict.took});
  const bool failed = verdict.kind == Verdict::Kind::failed;
  if (failed) {
    Poco::Logger::get("gatehouse").warning("policy " + std::string(policy.name()) + " failed: " + verdict.text);
  }
  if (verdict.kind != Verdict::Kind::deny && !(failed && policy.on_error() == OnError::deny)) return {};
  Failure failure;
  failure.code = Code::denied;
  failure.policy = policy.name();
  failure.reason = failed ? "policy_failed" : verdict.code;
  failure.message =
      failed ? "The policy '" + failure.policy + "' could not decide, so the request is refused" : verdict.text;
  if (failure.message.empty()) failure.message = "Refused by the policy '" + failure.policy + "'";
  return Status(std::move(failure));
}

}  // namespace gatehouse::core
