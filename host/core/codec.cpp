#include "core/codec.h"

#include <optional>

namespace gatehouse::core {

namespace {

// Carries one answer from the transport through the framer into the codec.
class Answer final : public UpstreamSink, public FrameSink {
 public:
  Answer(Codec& codec, Framing framing, int& status, ReplySink& sink)
      : codec_(codec), framing_(framing), status_(status), sink_(sink) {}

  Status on_head(const UpstreamHead& head) override {
    status_ = head.status;
    retry_after_ = head.retry_after;
    if (head.status < 400 && framing_ == Framing::sse && head.content_type.substr(0, 9) == "text/html") {
      return {Code::upstream_failed, "The provider answered with a web page instead of a stream; check its base_url"};
    }
    framer_.emplace(head.status >= 400 ? Framing::body : framing_);
    return {};
  }

  Status on_body(std::string_view bytes) override { return framer_->feed(bytes, *this); }
  Status on_frame(const Frame& frame) override { return codec_.decode(status_, frame, sink_); }
  Status finish() { return framer_->finish(*this); }

  // An error status is a failure even when the codec found nothing wrong with it.
  Status judge(Status status) const {
    if (status.ok() && (status_ < 200 || status_ > 299)) {
      status = Status(Code::upstream_failed, "The provider answered with status " + std::to_string(status_));
    }
    if (!status.ok() && status.failure().retry_after.count() == 0) status.failure().retry_after = retry_after_;
    return status;
  }

 private:
  Codec& codec_;
  Framing framing_;
  int& status_;
  ReplySink& sink_;
  std::chrono::milliseconds retry_after_{0};
  std::optional<Framer> framer_;
};

}  // namespace

Status run_codec(Codec& codec, const Attempt& attempt, const Timeouts& timeouts, ReplySink& sink) {
  Encoded encoded;
  GH_TRY(codec.encode(attempt, encoded));
  encoded.request.body = encoded.body;
  if (!attempt.traceparent.empty()) encoded.request.headers.emplace_back("traceparent", attempt.traceparent);
  Answer answer(codec, encoded.framing, attempt.upstream_status, sink);
  GH_TRY(attempt.transport.send(encoded.request, timeouts, attempt.cancellation, answer, attempt.trace));
  return answer.judge(answer.finish());
}

}  // namespace gatehouse::core
