#include "modules/adapters/policy.h"

#include <gatehouse/views.hpp>
#include <string>
#include <utility>
#include <vector>

#include "modules/abi/outcome.h"
#include "modules/adapters/request_abi.h"

namespace gatehouse::modules {

namespace {

using core::Verdict;

// What a policy says during one call.
struct Said {
  Verdict verdict;
  bool replaced = false;
  std::vector<core::TextEdit> edits;
};

Said& said(gh_edit* edit) { return *static_cast<Said*>(edit->ctx); }

void replace(gh_edit* edit, gh_str content) noexcept {
  said(edit).verdict.content = view(content);
  said(edit).replaced = true;
}

void reason(gh_edit* edit, gh_str code, gh_str text) noexcept {
  said(edit).verdict.code = view(code);
  said(edit).verdict.text = view(text);
}

void edit_text(gh_edit* edit, std::size_t index, gh_str text) noexcept {
  said(edit).edits.push_back({index, std::string(view(text))});
}

// A verdict that this gateway does not know is a failure, as it may mean anything.
Verdict::Kind kind_of(gh_verdict value) {
  switch (value) {
    case GH_ALLOW: return Verdict::Kind::allow;
    case GH_MODIFY: return Verdict::Kind::modify;
    case GH_DENY: return Verdict::Kind::deny;
    default: return Verdict::Kind::failed;
  }
}

void count(PluginStats& stats, Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::allow: return stats.verdict(PluginStats::Verdict::allow);
    case Verdict::Kind::modify: return stats.verdict(PluginStats::Verdict::modify);
    case Verdict::Kind::deny: return stats.verdict(PluginStats::Verdict::deny);
    case Verdict::Kind::failed: return stats.error();
  }
}

// Puts the edited texts in their places. texts: of the request; nullptr: the policy has seen none.
void apply(Said& said, const core::Texts* texts) {
  if (said.verdict.kind != Verdict::Kind::modify || said.edits.empty()) return;
  core::Result<std::string> edited = core::Status(core::Code::internal, "texts and the whole cannot be edited at once");
  if (texts == nullptr)
    edited = core::Status(core::Code::internal, "there are no texts here that can be edited");
  else if (!said.replaced)
    edited = texts->edited(said.edits);
  if (edited.ok()) {
    said.verdict.content = *std::move(edited);
  } else {
    said.verdict.kind = Verdict::Kind::failed;
    said.verdict.text = "its edits: " + std::string(edited.status().message());
  }
}

// Makes one call that answers with a verdict: ask(edit, error). request: whose texts it may edit; nullptr: none.
template <class Ask>
Verdict decide(PluginStats& stats, const RequestAbi* request, Ask ask) {
  Said answer;
  Verdict& verdict = answer.verdict;
  CallError error;
  gh_edit edit = {sizeof(gh_edit), 0, &answer, replace, reason, edit_text};
  const gh_verdict value = [&] {
    const MeteredCall metered(stats, verdict.took);
    return ask(&edit, error.raw());
  }();
  verdict.kind = kind_of(value);
  if (verdict.kind == Verdict::Kind::failed) {
    verdict.text =
        value == GH_FAILED ? error.message() : "the plugin answered with the unknown verdict " + std::to_string(value);
  }
  apply(answer, request != nullptr ? request->texts() : nullptr);
  count(stats, verdict.kind);
  return std::move(verdict);
}

core::StreamMode stream_mode_of(const gh_policy& table) {
  switch (table.stream_mode) {
    case GH_STREAM_NONE: return core::StreamMode::none;
    case GH_STREAM_DELTA: return core::StreamMode::delta;
    default: return core::StreamMode::window;  // also for an unknown mode: windows show most
  }
}

gh_call* raw(core::PolicyCall call) { return static_cast<gh_call*>(call); }

}  // namespace

PluginPolicy::PluginPolicy(std::shared_ptr<Instance> instance, core::OnError on_error)
    : instance_(std::move(instance)),
      table_(instance_->table<gh_policy>()),
      on_error_(on_error),
      stream_mode_(stream_mode_of(table_)) {}

core::Result<core::PolicyCall> PluginPolicy::begin(const core::RequestView& view, std::chrono::nanoseconds& took) {
  if (table_.begin == nullptr) return core::PolicyCall(nullptr);
  const RequestAbi request(view);
  gh_call* call = nullptr;
  CallError error;
  const gh_status status = [&] {
    const MeteredCall metered(instance_->stats(), took);
    return table_.begin(instance_->raw(), request.raw(), &call, error.raw());
  }();
  if (status == GH_OK) return core::PolicyCall(call);
  instance_->stats().error();
  instance_->stats().use(true);
  return error.to_status(status, name());
}

Verdict PluginPolicy::on_request(core::PolicyCall call, const core::RequestView& view) {
  const RequestAbi request(view);
  Verdict verdict = decide(instance_->stats(), &request, [&](gh_edit* edit, gh_error* error) {
    return table_.on_request(instance_->raw(), raw(call), request.raw(), edit, error);
  });
  instance_->stats().use(verdict.kind == Verdict::Kind::failed);
  return verdict;
}

// Asks for a decision after the first: the exchange is counted already, but a failure still counts.
template <class Ask>
Verdict PluginPolicy::later(Ask ask) {
  Verdict verdict = decide(instance_->stats(), nullptr, ask);
  if (verdict.kind == Verdict::Kind::failed) instance_->stats().use(true);
  return verdict;
}

Verdict PluginPolicy::on_chunk(core::PolicyCall call, std::string_view text) {
  return later([&](gh_edit* edit, gh_error* error) {
    return table_.on_chunk(instance_->raw(), raw(call), str(text), edit, error);
  });
}

Verdict PluginPolicy::on_response(core::PolicyCall call, std::string_view text) {
  return later([&](gh_edit* edit, gh_error* error) {
    return table_.on_response(instance_->raw(), raw(call), str(text), edit, error);
  });
}

void PluginPolicy::end(core::PolicyCall call) {
  if (call != nullptr) table_.end(raw(call));
}

}  // namespace gatehouse::modules
