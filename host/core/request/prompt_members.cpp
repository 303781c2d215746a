#include "core/request/prompt_members.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::core {
namespace {

constexpr std::string_view kDefinitions[] = {"tools", "functions", "response_format"};
constexpr std::string_view kNoPrompt[] = {
    "model",     "messages",      "stream",    "stream_options",     "tool_choice",      "function_call",
    "metadata",  "user",          "stop",      "modalities",         "logit_bias",       "reasoning_effort",
    "reasoning", "service_tier",  "verbosity", "safety_identifier",  "prompt_cache_key", "prompt_cache_retention",
    "thinking",  "cache_control", "audio",     "web_search_options", "provider",         "encoding_format"};

}  // namespace

bool is_definition(std::string_view name) {
  return std::find(std::begin(kDefinitions), std::end(kDefinitions), name) != std::end(kDefinitions);
}

bool may_be_prompt(std::string_view name) {
  return !is_definition(name) && std::find(std::begin(kNoPrompt), std::end(kNoPrompt), name) == std::end(kNoPrompt);
}

}  // namespace gatehouse::core
