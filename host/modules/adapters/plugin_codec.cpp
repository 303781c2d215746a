#include "modules/adapters/plugin_codec.h"

#include <gatehouse/views.hpp>

#include <chrono>
#include <cstring>
#include <optional>
#include <string>

#include "modules/abi/outcome.h"
#include "modules/adapters/event_abi.h"
#include "modules/adapters/fault.h"
#include "modules/adapters/request_abi.h"

namespace gatehouse::modules {

namespace {

std::optional<core::Framing> framing_of(std::uint32_t value) {
  switch (value) {
    case GH_FRAMING_BODY: return core::Framing::body;
    case GH_FRAMING_SSE: return core::Framing::sse;
    case GH_FRAMING_LINES: return core::Framing::lines;
    case GH_FRAMING_RAW: return core::Framing::raw;
    default: return std::nullopt;
  }
}

// Copies what a codec wants sent, but for a body that it keeps.
class RequestWriter {
 public:
  explicit RequestWriter(core::Encoded& out)
      : out_(out), raw_{sizeof(gh_upstream), 0, this, request, header, body, kept_body} {}
  gh_upstream* raw() { return &raw_; }

  core::Status finish(std::string_view plugin) const {
    const std::string by = std::string(plugin) + ": the codec ";
    if (out_.request.method.empty() || out_.request.url.empty()) {
      return {core::Code::internal, by + "named no method and URL to send its request to"};
    }
    if (!framing_of(framing_)) {
      return {core::Code::internal,
              by + "asked for framing " + std::to_string(framing_) + ", which this gateway does not have"};
    }
    out_.framing = *framing_of(framing_);
    return {};
  }

 private:
  static RequestWriter& of(gh_upstream* upstream) { return *static_cast<RequestWriter*>(upstream->ctx); }
  static void request(gh_upstream* self, gh_str method, gh_str url, std::uint32_t framing) noexcept {
    of(self).out_.request.method = view(method);
    of(self).out_.request.url = view(url);
    of(self).framing_ = framing;
  }
  static void header(gh_upstream* self, gh_str name, gh_str value) noexcept {
    of(self).out_.request.headers.emplace_back(view(name), view(value));
  }
  static void body(gh_upstream* self, gh_str bytes) noexcept {
    core::Encoded& out = of(self).out_;
    out.body = view(bytes);
    out.request.body = out.body;
  }
  static void kept_body(gh_upstream* self, gh_str bytes) noexcept { of(self).out_.request.body = view(bytes); }

  core::Encoded& out_;
  std::uint32_t framing_ = GH_FRAMING_BODY;
  gh_upstream raw_;
};

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

// Copies a frame's events until decode() returns: the plugin's own texts are valid only during each emit.
struct PluginCodec::Collector {
  explicit Collector(PluginCodec& owner) : codec(owner), raw{sizeof(gh_event_sink), 0, this, emit} {
    codec.events_.clear();
    codec.events_.reserve(4);  // of most frames there are fewer
    codec.text_.release();
  }

  static gh_status emit(gh_event_sink* sink, const gh_event* raw_event) noexcept {
    auto& self = *static_cast<Collector*>(sink->ctx);
    if (raw_event->json.len != 0) self.json = self.keep(view(raw_event->json));
    self.codec.ended_ |= raw_event->kind == GH_EVENT_END;
    if (auto event = to_event(*raw_event)) {
      event->text = self.keep(event->text);
      event->id = self.keep(event->id);
      event->name = self.keep(event->name);
      self.codec.events_.push_back(*event);
    }
    return GH_OK;
  }

  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(codec.text_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  PluginCodec& codec;
  std::string_view json;
  gh_event_sink raw;
};

// Makes one call into the plugin, counted in its stats.
template <class Call>
gh_status PluginCodec::metered(Call call) const {
  const MeteredCall meter(instance_.stats());
  return call();
}

void PluginCodec::note(bool own_fault) {
  if (!own_fault) return;
  at_fault_ = true;
  instance_.stats().error();
}

PluginCodec::~PluginCodec() {
  if (opened_) table_.close(call_);
}

core::Status PluginCodec::open(const core::RequestView& view) {
  const RequestAbi request(view);
  CallError error;
  const auto open = view.request.task() == core::Task::embeddings ? table_.open_embeddings : table_.open;
  const gh_status status = metered([&] { return open(instance_.raw(), request.raw(), &call_, error.raw()); });
  opened_ = status == GH_OK;
  note(is_own_fault(status));
  return error.to_status(status, instance_.name());
}

core::Status PluginCodec::encode(const core::Attempt& attempt, core::Encoded& out) {
  const gh_attempt raw = {sizeof(gh_attempt), attempt.number, str(upstream_.base_url), str(upstream_.secret), now_ms()};
  out.request.ca_file = upstream_.ca_file;
  out.request.provider = instance_.name();
  RequestWriter writer(out);
  CallError error;
  const gh_status status = metered([&] { return table_.encode(call_, &raw, writer.raw(), error.raw()); });
  note(is_own_fault(status));
  GH_TRY(error.to_status(status, instance_.name()));
  core::Status finished = writer.finish(instance_.name());
  note(!finished.ok());
  return finished;
}

core::Status PluginCodec::decode(int http_status, const core::Frame& frame, core::ReplySink& sink) {
  const gh_frame raw = {
      sizeof(gh_frame), static_cast<std::uint32_t>(http_status), str(frame.event), str(frame.data), frame.last, 0};
  Collector collector(*this);
  CallError error;
  const gh_status status = metered([&] { return table_.decode(call_, &raw, &collector.raw, error.raw()); });
  if (status != GH_OK) note(is_own_fault(status, http_status, frame));
  // Events from before a failure are passed on first.
  if (!events_.empty() || !collector.json.empty()) GH_TRY(sink.on_chunk({events_, collector.json}));
  return error.to_status(status, instance_.name());
}

}  // namespace gatehouse::modules
