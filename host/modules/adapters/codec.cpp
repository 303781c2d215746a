#include "modules/adapters/codec.h"

#include <optional>

namespace gatehouse::core {

namespace {

// Whether the text is JSON whose end is missing. Where the connection's end is the answer's, nothing else shows it.
bool is_cut_json(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos || (text[first] != '{' && text[first] != '[')) return false;
  const char last = text[text.find_last_not_of(kBlanks)];
  return last != '}' && last != ']';
}

// Carries one answer from the transport through the framer into the codec.
class Answer final : public UpstreamSink, public FrameSink {
 public:
  Answer(Codec& codec, Framing framing, int& status, ReplySink& sink)
      : codec_(codec), framing_(framing), status_(status), sink_(sink) {}

  Status on_head(const UpstreamHead& head) override {
    status_ = head.status;
    retry_after_ = head.retry_after;
    if (head.status < 400 && framing_ == Framing::sse && head.content_type.starts_with("text/html")) {
      return {Code::upstream_failed, "The provider answered with a web page instead of a stream; check its base_url"};
    }
    framer_.emplace(head.status >= 400 ? Framing::body : framing_);
    undecided_ = head.status < 400 && framing_ == Framing::sse;
    return {};
  }

  Status on_body(std::string_view bytes) override {
    if (undecided_) decide(bytes);
    return framer_->feed(bytes, *this);
  }
  bool satisfied() const override { return codec_.ended(); }
  Status on_frame(const Frame& frame) override {
    if (codec_.ended() && !frame.last) return {};
    Status status = codec_.decode(status_, frame, sink_);
    begun_ |= status.ok();
    understood_ &= status.ok();
    if (!status.ok() && is_good() && is_cut_json(frame.data)) status.failure().half_answered = true;
    return status;
  }
  Status finish() {
    const bool cut = is_cut_json(framer_->part());
    Status status = framer_->finish(*this);
    if (!status.ok() && is_good() && cut) status.failure().half_answered = true;
    return status;
  }

  // The connection broke in the middle of the answer. The provider may still bill for it, so it is not asked again.
  Status broken_off(Status status) const {
    if (is_good() && understood_ && (begun_ || !framer_->part().empty())) status.failure().half_answered = true;
    return status;
  }

  // An error status is a failure even when the codec found nothing wrong with it.
  Status judge(Status status) const {
    if (status.ok() && !is_good()) {
      status = Status(Code::upstream_failed, "The provider answered with status " + std::to_string(status_));
    }
    if (!status.ok() && status.failure().retry_after.count() == 0) status.failure().retry_after = retry_after_;
    return status;
  }

 private:
  bool is_good() const { return framer_ && status_ >= 200 && status_ < 300; }

  // Servers without streaming answer with one JSON. No line of a stream of events begins as that does.
  void decide(std::string_view bytes) {
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == bytes.npos) return;
    undecided_ = false;
    if (bytes[first] == '{' || bytes[first] == '[') framer_.emplace(Framing::body);
  }

  Codec& codec_;
  Framing framing_;
  int& status_;
  ReplySink& sink_;
  std::chrono::milliseconds retry_after_{0};
  std::optional<Framer> framer_;
  bool undecided_ = false;  // it may yet turn out to be one JSON instead of a stream
  bool begun_ = false;      // a whole frame came
  bool understood_ = true;  // every whole frame
};

}  // namespace

Status run_codec(Codec& codec, const Attempt& attempt, const Timeouts& timeouts, ReplySink& sink) {
  Encoded encoded;
  encoded.request.headers.reserve(8);  // more than codecs send
  GH_TRY(codec.encode(attempt, encoded));
  if (attempt.bytes != nullptr) attempt.bytes->release();
  if (!attempt.traceparent.empty()) encoded.request.headers.emplace_back("traceparent", attempt.traceparent);
  Answer answer(codec, encoded.framing, attempt.upstream_status, sink);
  Status sent = attempt.transport.send(encoded.request, timeouts, attempt.cancellation, answer, attempt.trace);
  return sent.ok() ? answer.judge(answer.finish()) : answer.broken_off(std::move(sent));
}

}  // namespace gatehouse::core
