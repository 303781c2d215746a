// A log sink plugin as core's LogSink. Used by its queue's thread alone.
#pragma once

#include <memory>
#include <vector>

#include "core/record/log_sink.h"
#include "modules/abi/instance.h"

namespace gatehouse::modules {

class PluginLogSink final : public core::LogSink {
 public:
  // REQUIRES: instance is of GH_LOG_SINK_1.
  explicit PluginLogSink(std::shared_ptr<Instance> instance)
      : instance_(std::move(instance)), table_(instance_->table<gh_log_sink>()) {}

  std::string_view name() const override { return instance_->name(); }
  core::WriteResult write(std::span<const core::LogLinePtr> batch, std::string& why) override;
  core::Status flush(std::chrono::milliseconds deadline) override;

 private:
  std::shared_ptr<Instance> instance_;
  const gh_log_sink& table_;
  std::vector<gh_log_record> records_;  // of the batch at hand; kept for their memory
  std::vector<const gh_log_record*> pointers_;
};

}  // namespace gatehouse::modules
