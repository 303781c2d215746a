// Turns a chat request into the body of Anthropic's POST /v1/messages.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <cstdint>
#include <string>

namespace anthropic {

constexpr std::string_view kReasoningFormat = "anthropic-claude-v1";  // of the signatures it gives

struct Settings {
  explicit Settings(gatehouse::Config& config);
  std::string version;       // of the wire: 2023-06-01 or 2026-10-21
  std::uint64_t max_tokens;  // where the caller names none; Anthropic must be told one
  bool adaptive_thinking;    // the model decides how long to think; otherwise it is given a budget
  bool drop_sampling;        // 2026-10-21: leave out sampling parameters instead of refusing them
  bool has_sampling() const { return version == "2023-06-01"; }
};

// Throws Error(GH_EINVAL) that names a field it cannot honour.
std::string request_body(const Settings& settings, gatehouse::ChatRequest request);

}  // namespace anthropic
