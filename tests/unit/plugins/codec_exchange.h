// One exchange with a codec plugin, and all that was said in it as text, for holding against the files
// in golden/. For one thread.
#pragma once

#include <string>

#include "core/reply/framing.h"
#include "golden_file.h"
#include "loaded_plugin.h"

namespace gatehouse::testing {

class Exchange : public core::FrameSink {
 public:
  Exchange(PluginInstance& plugin, const Request& request) : codec_(plugin.table<gh_codec>()) {
    const Outcome opened =
        Outcome::of([&](gh_error* error) { return codec_.open(plugin.raw(), request.raw(), &call_, error); });
    EXPECT_EQ(opened.status, GH_OK) << opened.message();
  }
  ~Exchange() override { codec_.close(call_); }

  Sent encode(std::string_view secret) {
    Sent sent;
    FakeUpstream upstream(sent);
    const gh_attempt attempt = {sizeof(gh_attempt), 1, str("https://api.example/v1"), str(secret), 0};
    sent.outcome = Outcome::of([&](gh_error* error) { return codec_.encode(call_, &attempt, upstream.raw(), error); });
    return sent;
  }
  Outcome decode(std::string_view data, std::uint32_t status, bool last, std::string_view event = {}) {
    const gh_frame frame = {sizeof(gh_frame), status, str(event), str(data), last, 0};
    const std::size_t before = events_.all().size();
    const Outcome outcome =
        Outcome::of([&](gh_error* error) { return codec_.decode(call_, &frame, events_.raw(), error); });
    for (std::size_t i = before; i < events_.all().size(); ++i) {
      const auto& said = events_.all()[i];
      EXPECT_TRUE(said.json.empty() || said.json == data);
      transcript_ += (said.json.empty() ? "  " : "* ") + describe(said) + "\n";
    }
    return outcome;
  }

  core::Status on_frame(const core::Frame& frame) override {
    const Outcome outcome = decode(frame.data, 200, frame.last, frame.event);
    if (outcome.status == GH_OK) return {};
    transcript_ += "failed: status " + std::to_string(outcome.status) + ", code \"" + outcome.error.code + "\", " +
                   outcome.error.message + "\n";
    return {core::Code::upstream_failed, outcome.error.message};
  }

  // What goes out, as text.
  static std::string describe(const Sent& sent) {
    std::string text = sent.method + " " + sent.url + "\n";
    for (const auto& [name, value] : sent.headers) text += name + ": " + value + "\n";
    constexpr const char* kFramings[] = {"(one body)", "(server-sent events)", "(lines)", "(bytes)"};
    return text + kFramings[static_cast<int>(sent.framing)] + "\n\n" + sent.body;
  }

  FakeEvents& events() { return events_; }
  const std::string& transcript() const { return transcript_; }

 private:
  // Of the kinds of tokens that few models have, those there are.
  static std::string special(const Usage& usage) {
    std::string text;
    const auto add = [&](const char* name, std::uint64_t tokens) {
      if (tokens != 0) text += std::string(" ") + name + "=" + std::to_string(tokens);
    };
    add("cache_write_1h", usage.cache_write_1h);
    add("audio_in", usage.audio_input);
    add("image_in", usage.image_input);
    add("audio_out", usage.audio_output);
    return text;
  }
  static std::string describe(const FakeEvents::Event& event) {
    const std::string choice = "[" + std::to_string(event.choice) + "] ";
    switch (event.kind) {
      case GH_EVENT_TEXT: return "text" + choice + json_string(event.text);
      case GH_EVENT_TOOL_CALL:
        return "tool" + choice + "#" + std::to_string(event.index) + " id=" + event.id + " name=" + event.name + " " +
               json_string(event.text);
      case GH_EVENT_USAGE: {
        const Usage& usage = event.usage;
        return "usage in=" + std::to_string(usage.input) + " out=" + std::to_string(usage.output) +
               " cached=" + std::to_string(usage.cached) + " cache_write=" + std::to_string(usage.cache_write) +
               " reasoning=" + std::to_string(usage.reasoning) + special(usage);
      }
      case GH_EVENT_FINISH:
        return "finish" + choice + event.text + (event.name.empty() ? "" : " own=" + event.name) +
               (event.id.empty() ? "" : " sequence=" + json_string(event.id));
      case GH_EVENT_REASONING:
        return "reasoning" + choice + "#" + std::to_string(event.index) + " " + json_string(event.text) +
               " signature=" + event.id + " format=" + event.name;
      case GH_EVENT_SEALED:
        return "sealed" + choice + "#" + std::to_string(event.index) + " " + json_string(event.text) +
               " of=" + event.id + " format=" + event.name;
      case GH_EVENT_END: return "end";
      default: return "unknown";
    }
  }

  const gh_codec& codec_;
  gh_call* call_ = nullptr;
  FakeEvents events_;
  std::string transcript_;
};

}  // namespace gatehouse::testing
