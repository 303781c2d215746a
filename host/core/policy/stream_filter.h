// Stands between a provider and the caller and shows the policies the text that passes, in whole windows where
// they ask for that. Without such policies chunks pass untouched.
// One exchange, one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/policy/policy_run.h"
#include "core/policy/stream_window.h"
#include "core/reply/reply.h"

namespace gatehouse::core {

class StreamFilter final : public ReplySink {
 public:
  // REQUIRES: policies and next outlive the filter.
  StreamFilter(PolicyRun& policies, ReplySink& next) : policies_(policies), next_(next) {}

  Status on_chunk(const Chunk& chunk) override;

 private:
  using Windows = std::vector<StreamWindow>;  // one per policy

  // Runs the text of one choice through the policies, from the last to the first. What is left in it may be sent.
  Status filter(Windows& windows, std::string& text, bool end);
  Windows& windows(std::uint32_t choice);

  PolicyRun& policies_;
  ReplySink& next_;
  std::map<std::uint32_t, Windows> choices_;
};

}  // namespace gatehouse::core
