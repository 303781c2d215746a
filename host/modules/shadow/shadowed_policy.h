// A policy with a shadow: the live build decides, and its questions and answers are recorded for the shadow.
// Thread-safe; calls with one PolicyCall belong to one exchange.
#pragma once

#include <memory>

#include "modules/adapters/policy.h"
#include "modules/shadow/shadow.h"

namespace gatehouse::modules {

class ShadowedPolicy final : public core::Policy {
 public:
  ShadowedPolicy(std::shared_ptr<PluginPolicy> live, std::shared_ptr<Shadow> shadow)
      : live_(std::move(live)), shadow_(std::move(shadow)) {}

  std::string_view name() const override { return live_->name(); }
  core::OnError on_error() const override { return live_->on_error(); }
  // Text that only the shadow wants passes piece by piece: nothing is held back on its account.
  core::StreamMode stream_mode() const override;
  bool sees_responses() const override { return live_->sees_responses() || shadow_->sees_responses(); }

  core::Result<core::PolicyCall> begin(const core::RequestView& view, std::chrono::nanoseconds& took) override;
  core::Verdict on_request(core::PolicyCall call, const core::RequestView& view) override;
  core::Verdict on_chunk(core::PolicyCall call, std::string_view text) override;
  core::Verdict on_response(core::PolicyCall call, std::string_view text) override;
  void end(core::PolicyCall call) override;

 private:
  std::shared_ptr<PluginPolicy> live_;
  std::shared_ptr<Shadow> shadow_;
};

}  // namespace gatehouse::modules
