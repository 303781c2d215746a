// A policy plugin as core's Policy. Thread-safe; calls with one PolicyCall belong to one exchange.
#pragma once

#include <memory>

#include "core/policy/policy.h"
#include "modules/abi/instance.h"

namespace gatehouse::modules {

class PluginPolicy final : public core::Policy {
 public:
  // REQUIRES: instance is of GH_POLICY_1.
  PluginPolicy(std::shared_ptr<Instance> instance, core::OnError on_error);

  std::string_view name() const override { return instance_->name(); }
  core::OnError on_error() const override { return on_error_; }
  core::StreamMode stream_mode() const override { return stream_mode_; }
  bool sees_responses() const override { return table_.on_response != nullptr; }

  core::Result<core::PolicyCall> begin(const core::RequestView& view, std::chrono::nanoseconds& took) override;
  core::Verdict on_request(core::PolicyCall call, const core::RequestView& view) override;
  core::Verdict on_chunk(core::PolicyCall call, std::string_view text) override;
  core::Verdict on_response(core::PolicyCall call, std::string_view text) override;
  void end(core::PolicyCall call) override;

 private:
  template <class Ask>
  core::Verdict later(Ask ask);

  std::shared_ptr<Instance> instance_;
  const gh_policy& table_;
  core::OnError on_error_;
  core::StreamMode stream_mode_;
};

}  // namespace gatehouse::modules
