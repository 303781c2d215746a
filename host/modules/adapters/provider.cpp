#include "modules/adapters/provider.h"

#include "core/text/caller_text.h"
#include "core/text/mask.h"
#include "core/wait.h"
#include "modules/abi/outcome.h"
#include "modules/adapters/event_abi.h"
#include "modules/adapters/request_abi.h"

#include <gatehouse/views.hpp>

namespace gatehouse::modules {

namespace {

// Passes an engine's events on one by one, and remembers the failure that stops it.
class Passage {
 public:
  Passage(core::ReplySink& sink, core::Cancellation& cancellation)
      : sink_(sink), cancellation_(cancellation), raw_{sizeof(gh_event_sink), 0, this, emit} {}
  gh_event_sink* raw() { return &raw_; }
  const core::Status& status() const { return status_; }

 private:
  static gh_status emit(gh_event_sink* raw_sink, const gh_event* raw_event) noexcept {
    auto& self = *static_cast<Passage*>(raw_sink->ctx);
    if (self.status_.ok()) self.status_ = self.cancellation_.check();
    if (self.status_.ok()) self.status_ = self.pass(*raw_event);
    return self.status_.ok() ? GH_OK : GH_ECANCELLED;
  }

  core::Status pass(const gh_event& raw_event) {
    const auto event = to_event(raw_event);
    const core::Chunk chunk{event ? std::span<const core::Event>(&*event, 1) : std::span<const core::Event>(),
                            view(raw_event.json)};
    return chunk.events.empty() && chunk.json.empty() ? core::Status() : sink_.on_chunk(chunk);
  }

  core::ReplySink& sink_;
  core::Cancellation& cancellation_;
  core::Status status_;
  gh_event_sink raw_;
};

// Whether an engine is to blame, and not the caller, a policy or a limit.
bool is_failure(const core::Status& status) {
  switch (status.code()) {
    case core::Code::upstream_failed:
    case core::Code::upstream_unreachable:
    case core::Code::upstream_timeout:
    case core::Code::config:
    case core::Code::internal: return true;
    default: return false;
  }
}

constexpr std::size_t kMostSaid = 4096;  // bytes of a provider's words that anybody is told

// A provider, or a plugin, may quote the key that it was given.
void mask_key(core::Status& status, const std::string& key) {
  if (status.ok()) return;
  core::Failure& failure = status.failure();
  for (std::string* text : {&failure.message, &failure.reason, &failure.param}) {
    text->resize(core::cut(*text, kMostSaid).size());
    core::mask(*text, key);
  }
}

core::Status no_embeddings(std::string_view provider) {
  core::Status status(core::Code::invalid_request, "The provider '" + std::string(provider) +
                                                       "' of this model has no embeddings; choose another model");
  status.failure().param = "model";
  return status;
}

}  // namespace

core::Status CodecProvider::answer(const core::Attempt& attempt, core::ReplySink& sink) {
  const bool embeddings = attempt.view.request.task() == core::Task::embeddings;
  if (embeddings && instance_->table<gh_codec>().open_embeddings == nullptr) return no_embeddings(name());
  PluginCodec codec(*instance_, upstream_);
  core::Status status = codec.open(attempt.view);
  if (status.ok()) status = core::run_codec(codec, attempt, upstream_.timeouts, sink);
  mask_key(status, upstream_.secret);
  instance_->stats().use(codec.at_fault());
  return status;
}

core::Status LocalProvider::answer(const core::Attempt& attempt, core::ReplySink& sink) {
  if (attempt.view.request.task() == core::Task::embeddings) return no_embeddings(name());
  attempt.trace.handed_over = true;
  const RequestAbi request(attempt.view);
  Passage passage(sink, attempt.cancellation);
  CallError error;
  const gh_status status = [&] {
    const core::OnOneThread engine;  // the plugin's own stack frames are below what it emits
    const MeteredCall metered(instance_->stats(), MeteredCall::Kind::lengthy);
    return instance_->table<gh_local>().run(instance_->raw(), request.raw(), passage.raw(), error.raw());
  }();
  core::Status ended = passage.status();
  if (ended.ok()) {
    if (status != GH_OK) instance_->stats().error();
    ended = error.to_status(status, name());
    if (!ended.ok()) ended.failure().refused = true;
  }
  instance_->stats().use(is_failure(ended));
  return ended;
}

}  // namespace gatehouse::modules
