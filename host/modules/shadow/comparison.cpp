#include "modules/shadow/comparison.h"

#include <optional>
#include <string>

#include "core/policy/stream_window.h"

namespace gatehouse::modules {

using core::StreamMode;
using core::Verdict;
using Step = Transcript::Step;

namespace {

int gravity(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::allow: return 0;
    case Verdict::Kind::modify: return 1;
    case Verdict::Kind::failed: return 2;
    case Verdict::Kind::deny: return 3;
  }
  return 2;
}

bool ends(Verdict::Kind kind) { return kind == Verdict::Kind::deny || kind == Verdict::Kind::failed; }

// Everything one side said at one step.
struct Side {
  Verdict::Kind kind = Verdict::Kind::allow;
  std::string result;  // the text as this side would have it go on, then the code of a denial

  void add(std::string_view text, const Verdict& verdict) {
    if (gravity(verdict.kind) > gravity(kind)) kind = verdict.kind;
    result += verdict.kind == Verdict::Kind::modify ? std::string_view(verdict.content) : text;
    if (verdict.kind == Verdict::Kind::deny) result += verdict.code;
  }
};

class Replay {
 public:
  Replay(core::Policy& shadow, const Transcript& seen, const core::RequestView& view)
      : shadow_(shadow), seen_(seen), view_(view), call_(shadow.begin(view, time_)) {}
  ~Replay() {
    if (call_.ok()) shadow_.end(*call_);
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  std::vector<Compared> run() {
    for (const Step step : {Step::request, Step::chunk, Step::response}) {
      Side live, shadow;
      if (!ask(step, live, shadow)) continue;
      // Where one build saw windows and the other single pieces, their texts cannot be compared.
      const bool alike = step != Step::chunk || seen_.mode == shadow_.stream_mode();
      const bool same = live.kind == shadow.kind && (!alike || live.result == shadow.result);
      compared_.push_back({step, live.kind, shadow.kind, same});
      if (ends(shadow.kind)) break;
    }
    return std::move(compared_);
  }

 private:
  // False when the live policy was not asked at this step.
  bool ask(Step step, Side& live, Side& shadow) {
    const Transcript::Said* last = nullptr;
    for (const Transcript::Said& said : seen_.said) {
      if (said.step == step) last = &said;
    }
    for (const Transcript::Said& said : seen_.said) {
      if (said.step != step) continue;
      live.add(said.text, said.verdict);
      if (!ends(shadow.kind)) answer(said, &said == last, shadow);
    }
    return last != nullptr;
  }

  void answer(const Transcript::Said& said, bool last, Side& shadow) {
    switch (said.step) {
      case Step::request: return shadow.add({}, on_request());
      case Step::chunk: return on_chunk(said.text, last, shadow);
      case Step::response:
        return shadow.add(said.text, shadow_.sees_responses() ? shadow_.on_response(*call_, said.text) : allowed());
    }
  }

  Verdict on_request() {
    if (call_.ok()) return shadow_.on_request(*call_, view_);
    return {Verdict::Kind::failed, {}, {}, std::string(call_.status().message())};
  }

  void on_chunk(std::string_view text, bool last, Side& shadow) {
    if (shadow_.stream_mode() == StreamMode::none) return shadow.add(text, allowed());
    if (shadow_.stream_mode() == StreamMode::delta || seen_.mode == StreamMode::window) {
      return shadow.add(text, shadow_.on_chunk(*call_, text));
    }
    window_.push(text);
    if (!window_.full() && !last) return;
    shadow.add(window_.text(), shadow_.on_chunk(*call_, window_.text()));
    window_.release(last);
  }

  static Verdict allowed() { return {Verdict::Kind::allow, {}, {}, {}}; }

  std::chrono::nanoseconds time_{0};  // nobody asks for a shadow's
  core::Policy& shadow_;
  const Transcript& seen_;
  const core::RequestView& view_;
  core::Result<core::PolicyCall> call_;
  core::StreamWindow window_;
  std::vector<Compared> compared_;
};

}  // namespace

std::vector<Compared> compare(core::Policy& shadow, const Transcript& seen) {
  core::Result<core::ChatRequest> request = core::ChatRequest::parse(core::PaddedBytes(seen.json));
  if (!request.ok()) return {};  // the live policy saw it parsed, so it can be
  const core::RequestView view{*request, seen.id, seen.client, seen.alias, {}, request->json(), seen.estimated_tokens};
  return Replay(shadow, seen, view).run();
}

std::string_view name(Step step) {
  switch (step) {
    case Step::request: return "request";
    case Step::chunk: return "chunk";
    case Step::response: return "response";
  }
  return "request";
}

}  // namespace gatehouse::modules
