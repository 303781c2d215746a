// What a provider replied, read from golden/replies/NAME.jsonl, a step a line:
//   {"asked":{…}}               first: what the caller asked for besides its message
//   [{"text":"Hi"},…]           a chunk of events; the kind names the text, the other members are core::Event's
//   {"json":"…","events":[…]}   a chunk in OpenAI's own shape
//   {"waits":true}              the provider thinks: time for a sign of life
//   {"ends":{"input":3,…}}      the reply is whole; what it cost
//   {"fails":{"code":"…",…}}    it is not; members as in core::Failure, the code by its type in the gateway's envelope
// Events point into the reply that read them. For one thread.
#pragma once

#include <simdjson.h>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/request/chat_request.h"
#include "core/reply/reply.h"
#include "golden_file.h"

namespace gatehouse::testing {

using simdjson::dom::element;

// Every line of a file as JSON, with what keeps it alive.
class JsonLines {
 public:
  explicit JsonLines(const std::string& path) {
    std::istringstream file(read_file(path));
    for (std::string line; std::getline(file, line);) {
      parsers_.emplace_back();
      lines_.push_back(parsers_.back().parse(line));  // throws what is wrong with it
    }
  }
  const std::vector<element>& lines() const { return lines_; }

 private:
  std::list<simdjson::dom::parser> parsers_;
  std::vector<element> lines_;
};

inline std::string_view text_of(element from, std::string_view name) {
  std::string_view text;
  return from[name].get(text) == simdjson::SUCCESS ? text : std::string_view();
}
inline std::uint64_t number_of(element from, std::string_view name) {
  std::uint64_t number = 0;
  return from[name].get(number) == simdjson::SUCCESS ? number : 0;
}
inline bool has(element from, std::string_view name) { return from[name].error() == simdjson::SUCCESS; }

inline core::Status failure_of(element from) {
  core::Failure failure;
  const std::string_view type = text_of(from, "code");
  const auto is_it = [&](int code) { return core::info(static_cast<core::Code>(code)).type == type; };
  int code = static_cast<int>(core::Code::invalid_request);
  while (code < static_cast<int>(core::Code::internal) && !is_it(code)) ++code;
  EXPECT_TRUE(is_it(code)) << "no failure has the type " << type;
  failure.code = static_cast<core::Code>(code);
  failure.message = text_of(from, "message");
  failure.reason = text_of(from, "reason");
  failure.policy = text_of(from, "policy");
  failure.param = text_of(from, "param");
  failure.http_status = static_cast<int>(number_of(from, "http_status"));
  return core::Status(failure);
}

inline core::Usage usage_of(element from) {
  return {.input = number_of(from, "input"),
          .output = number_of(from, "output"),
          .cached = number_of(from, "cached"),
          .cache_write = number_of(from, "cache_write"),
          .reasoning = number_of(from, "reasoning"),
          .reported = true};
}

inline core::Event event_of(element from) {
  constexpr const char* kKinds[] = {"text", "tool_call", "usage", "finish", "reasoning", "sealed"};
  core::Event event;
  for (int kind = 0; kind < 6; ++kind) {
    if (!has(from, kKinds[kind])) continue;
    event.kind = static_cast<core::Event::Kind>(kind);
    event.text = text_of(from, kKinds[kind]);
  }
  event.choice = static_cast<std::uint32_t>(number_of(from, "choice"));
  event.index = static_cast<std::uint32_t>(number_of(from, "index"));
  event.id = text_of(from, "id");
  event.name = text_of(from, "name");
  if (event.kind == core::Event::Kind::usage) event.usage = usage_of(from["usage"]);
  return event;
}

struct ReplyStep {
  enum class Kind { chunk, waits, ends, fails };
  Kind kind = Kind::chunk;
  std::vector<core::Event> events;
  std::string_view json;
  core::Usage usage;
  core::Status failure;

  core::Chunk chunk() const { return {events, json}; }
};

class ProviderReply {
 public:
  explicit ProviderReply(const std::string& name) : lines_(golden("replies/" + name + ".jsonl")) {
    asked_ = simdjson::minify(lines_.lines().at(0)["asked"]);
    for (std::size_t i = 1; i < lines_.lines().size(); ++i) steps_.push_back(step_of(lines_.lines()[i]));
  }

  // The request it answers.
  core::ChatRequest request() const {
    std::string json = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";
    if (asked_ != "{}") json += "," + asked_.substr(1, asked_.size() - 2);
    auto parsed = core::ChatRequest::parse(core::PaddedBytes(json + "}"));
    EXPECT_TRUE(parsed.ok()) << parsed.status().message();
    return *std::move(parsed);
  }
  const std::vector<ReplyStep>& steps() const { return steps_; }

 private:
  static ReplyStep step_of(element line) {
    ReplyStep step;
    if (line.is_array() || has(line, "events")) {
      for (const element event : (line.is_array() ? line : element(line["events"]))) {
        step.events.push_back(event_of(event));
      }
      if (!line.is_array()) step.json = text_of(line, "json");
    } else if (has(line, "waits")) {
      step.kind = ReplyStep::Kind::waits;
    } else if (has(line, "ends")) {
      step.kind = ReplyStep::Kind::ends;
      step.usage = usage_of(line["ends"]);
    } else {
      step.kind = ReplyStep::Kind::fails;
      step.failure = failure_of(line["fails"]);
    }
    return step;
  }

  JsonLines lines_;
  std::string asked_;
  std::vector<ReplyStep> steps_;
};

}  // namespace gatehouse::testing
