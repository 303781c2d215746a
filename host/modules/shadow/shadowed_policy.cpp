#include "modules/shadow/shadowed_policy.h"

namespace gatehouse::modules {

namespace {

using core::StreamMode;
using core::Verdict;
using Step = Transcript::Step;

// What stands behind a PolicyCall.
struct Seen {
  core::PolicyCall call;  // the live policy's own
  Transcript transcript;
};

Seen& seen(core::PolicyCall call) { return *static_cast<Seen*>(call); }

Verdict note(core::PolicyCall call, Step step, std::string_view text, Verdict verdict) {
  seen(call).transcript.add(step, text, verdict);
  return verdict;
}

Verdict allowed() { return {Verdict::Kind::allow, {}, {}, {}}; }

}  // namespace

StreamMode ShadowedPolicy::stream_mode() const {
  if (live_->stream_mode() != StreamMode::none) return live_->stream_mode();
  return shadow_->stream_mode() == StreamMode::none ? StreamMode::none : StreamMode::delta;
}

core::Result<core::PolicyCall> ShadowedPolicy::begin(const core::RequestView& view, std::chrono::nanoseconds& took) {
  core::Result<core::PolicyCall> call = live_->begin(view, took);
  auto both = std::make_unique<Seen>(Seen{call.ok() ? *call : nullptr, Transcript(view)});
  both->transcript.mode = live_->stream_mode();
  if (call.ok()) return core::PolicyCall(both.release());
  both->transcript.add(Step::request, {}, {Verdict::Kind::failed, {}, {}, {}});
  shadow_->add(std::move(both->transcript));
  return call;
}

Verdict ShadowedPolicy::on_request(core::PolicyCall call, const core::RequestView& view) {
  return note(call, Step::request, {}, live_->on_request(seen(call).call, view));
}

Verdict ShadowedPolicy::on_chunk(core::PolicyCall call, std::string_view text) {
  const bool asked = live_->stream_mode() != StreamMode::none;
  return note(call, Step::chunk, text, asked ? live_->on_chunk(seen(call).call, text) : allowed());
}

Verdict ShadowedPolicy::on_response(core::PolicyCall call, std::string_view text) {
  return note(call, Step::response, text,
              live_->sees_responses() ? live_->on_response(seen(call).call, text) : allowed());
}

void ShadowedPolicy::end(core::PolicyCall call) {
  const std::unique_ptr<Seen> both(&seen(call));
  live_->end(both->call);
  shadow_->add(std::move(both->transcript));
}

}  // namespace gatehouse::modules
