// The path of one attempt's reply from the provider to the caller. The reply is metered and passes the policies. If the
// caller wants a stream, it leaves piece by piece; else it is collected until it is whole. One exchange, one thread at
// a time.
#pragma once

#include <chrono>

#include "core/cancellation.h"
#include "core/policy/policy_run.h"
#include "core/policy/stream_filter.h"
#include "core/reply/answer_writer.h"
#include "core/reply/heartbeat.h"
#include "core/reply/opening.h"
#include "core/reply/reply_collector.h"
#include "core/reply/reply_meter.h"

namespace gatehouse::core {

class ReplyPath final : private ReplySink {
 public:
  struct Manner {
    bool stream = false;
    bool keep_unreported = false;            // as ReplyMeter has it
    std::chrono::milliseconds heartbeat{0};  // of a stream while the provider thinks; 0: none
    Belief belief = {};
    Allowance* allowance = nullptr;  // of a stream, as ReplyMeter has it
  };

  // upstream_status: of the provider's answer, 0 until there is one. REQUIRES: all outlive the path.
  ReplyPath(Manner manner, PolicyRun& policies, AnswerWriter& answer, Cancellation& cancellation,
            const int& upstream_status);
  ReplyPath(const ReplyPath&) = delete;
  ReplyPath& operator=(const ReplyPath&) = delete;

  // For the provider: entrance() takes its reply, cancellation() ends its waits.
  ReplySink& entrance() { return meter_; }
  Cancellation& cancellation() { return heartbeat_; }

  const ReplyMeter& meter() const { return meter_; }
  // Whether the caller has begun to get it: no other reply may take its place.
  bool answers() const { return opening_.over(); }

  // Whether the provider's filter let nothing of it pass. The caller has heard nothing of it before finish().
  bool withheld() const { return !answers() && !meter_.spoke() && meter_.finish_reason() == kContentFilter; }

  // Completes the answer once the provider is done. A collected reply passes the policies first.
  Status finish(const Usage& usage);

 private:
  Status on_chunk(const Chunk& chunk) override;  // at the end of a stream's way
  Status send_whole(const Usage& usage);

  const bool stream_;
  PolicyRun& policies_;
  AnswerWriter& answer_;
  Heartbeat heartbeat_;
  ReplyCollector whole_;
  StreamFilter filter_;
  Opening opening_;
  ReplyMeter meter_;
};

}  // namespace gatehouse::core
