// A policy that does what a test tells it to, for the tests of what surrounds policies.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/policy/policy.h"

namespace gatehouse::core {

class ScriptedPolicy final : public Policy {
 public:
  explicit ScriptedPolicy(std::string name_) : name_of(std::move(name_)) {}

  std::string_view name() const override { return name_of; }
  OnError on_error() const override { return error; }
  StreamMode stream_mode() const override { return mode; }
  bool sees_responses() const override { return response != nullptr; }
  Result<PolicyCall> begin(const RequestView&, std::chrono::nanoseconds& took) override {
    took += beginning;
    if (!begins) return Status(Code::internal, "no state today");
    ++open;
    return PolicyCall(this);
  }
  Verdict on_request(PolicyCall, const RequestView& view) override { return request ? request(view) : allow(); }
  Verdict on_chunk(PolicyCall, std::string_view text) override {
    seen.emplace_back(text);
    return chunk ? chunk(text) : allow();
  }
  Verdict on_response(PolicyCall, std::string_view text) override { return response(text); }
  void end(PolicyCall) override { --open; }

  static Verdict allow() { return {Verdict::Kind::allow, {}, {}, {}}; }
  static Verdict deny(std::string code) { return {Verdict::Kind::deny, {}, std::move(code), "because"}; }
  static Verdict modify(std::string content) { return {Verdict::Kind::modify, std::move(content), {}, {}}; }

  std::string name_of;
  OnError error = OnError::deny;
  StreamMode mode = StreamMode::none;
  bool begins = true;
  std::chrono::nanoseconds beginning{0};
  int open = 0;  // begun and not ended
  std::function<Verdict(const RequestView&)> request;
  std::function<Verdict(std::string_view)> chunk;
  std::function<Verdict(std::string_view)> response;
  std::vector<std::string> seen;  // by on_chunk
};

inline ChatRequest a_request() {
  auto parsed = ChatRequest::parse(PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  return *std::move(parsed);
}

}  // namespace gatehouse::core
