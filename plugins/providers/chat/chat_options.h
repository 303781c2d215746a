// A chat request's fields besides its messages, for providers without OpenAI's wire. Every field is
// read, known to change nothing, or refused by name: none is dropped in silence.
// Built once from the request's JSON; views into it. Immutable; one exchange.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat_fields.h"

namespace chat {

struct Tool {
  std::string_view name, description;
  std::string parameters;  // raw JSON Schema; empty when there are none
  std::optional<bool> strict;
  std::string cache_control;  // raw JSON; empty when there is none
};

struct ToolChoice {
  enum class Mode { unsaid, automatic, none, required, named };
  Mode mode = Mode::unsaid;
  std::string_view name;  // named
};

struct OutputFormat {
  enum class Kind { text, json, schema };
  Kind kind = Kind::text;
  std::string schema;  // raw JSON
};

struct Options {
  std::optional<std::uint64_t> max_tokens;
  std::map<std::string_view, std::string> numbers;  // raw, of those the provider takes: "temperature", …
  std::vector<std::string_view> stop;
  std::vector<Tool> tools;
  ToolChoice tool_choice;
  bool parallel_tool_calls = true;
  OutputFormat format;
  std::string_view reasoning_effort;             // empty when unsaid
  std::optional<std::uint64_t> thinking_budget;  // of the "thinking" field
  bool thinking_adaptive = false;                // of the same: as long as the model likes
  std::uint64_t choices = 1;

  // "temperature":0.5 as raw JSON; empty when unsaid.
  std::string_view number(std::string_view name) const {
    const auto found = numbers.find(name);
    return found == numbers.end() ? std::string_view() : std::string_view(found->second);
  }
};

// What a provider has besides messages, tools, stop and a limit of tokens.
struct Abilities {
  std::vector<std::string_view> numbers;  // of temperature, top_p, top_k, seed, frequency_penalty, presence_penalty
  bool several_choices = false;
};

// Throws Error(GH_EINVAL) that names the field at fault.
Options read_options(object request, const Abilities& abilities);

}  // namespace chat
