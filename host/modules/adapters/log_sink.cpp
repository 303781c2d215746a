#include "modules/adapters/log_sink.h"

#include <gatehouse/views.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "modules/abi/outcome.h"

namespace gatehouse::modules {

core::WriteResult PluginLogSink::write(std::span<const core::LogLinePtr> batch, std::string& why) {
  records_.clear();
  pointers_.clear();
  records_.reserve(batch.size());
  for (const core::LogLinePtr& line : batch) {
    records_.push_back(
        {sizeof(gh_log_record), GH_LOG_INFO, line->unix_us, str("exchange"), str(line->id), str(line->json)});
    pointers_.push_back(&records_.back());
  }
  CallError error;
  const gh_status status = [&] {
    const MeteredCall metered(instance_->stats(), MeteredCall::Kind::lengthy);
    return table_.write(instance_->raw(), pointers_.data(), pointers_.size(), error.raw());
  }();
  instance_->stats().use(status != GH_OK);
  if (status == GH_OK) return core::WriteResult::ok;
  instance_->stats().error();
  why = error.message();
  return status == GH_ERETRY ? core::WriteResult::retry : core::WriteResult::lost;
}

core::Status PluginLogSink::flush(std::chrono::milliseconds deadline) {
  constexpr std::int64_t longest = std::numeric_limits<std::uint32_t>::max();
  const auto deadline_ms = static_cast<std::uint32_t>(std::clamp<std::int64_t>(deadline.count(), 0, longest));
  CallError error;
  const gh_status status = [&] {
    const MeteredCall metered(instance_->stats(), MeteredCall::Kind::lengthy);
    return table_.flush(instance_->raw(), deadline_ms, error.raw());
  }();
  if (status != GH_OK) instance_->stats().error();
  return error.to_status(status, name());
}

}  // namespace gatehouse::modules
