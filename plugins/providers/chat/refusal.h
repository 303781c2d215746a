// Whether a provider refused a request since it does not fit into the model's context, or since a filter did not let it
// pass: what each wire says then. These two may be answered by another model, so hosts are told of them. A phrase is
// looked for in the error's message, in any case of letters; a word is all of its code or type.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace provider {

enum class Refusal { none, context_length, content_filter };

struct RefusalSign {
  Refusal refusal;
  std::string_view text;  // in lower case
};

inline constexpr RefusalSign kRefusalWords[] = {
    {Refusal::context_length, "context_length_exceeded"},      // OpenAI, Azure, Groq
    {Refusal::context_length, "exceed_context_size_error"},    // llama.cpp
    {Refusal::content_filter, "content_filter"},               // Azure, OpenAI
    {Refusal::content_filter, "content_policy_violation"},     // OpenAI
    {Refusal::content_filter, "responsibleaipolicyviolation"}, // Azure, within "innererror"
    {Refusal::content_filter, "data_inspection_failed"},       // DashScope
};

inline constexpr RefusalSign kRefusalPhrases[] = {
    // OpenAI and Azure, vLLM, Mistral, DeepSeek, OpenRouter
    {Refusal::context_length, "maximum context length"},
    {Refusal::context_length, "exceeds the context window"},
    {Refusal::context_length, "context length exceeded"},
    {Refusal::context_length, "longer than the maximum model length"},
    {Refusal::context_length, "maximum prompt length"},          // xAI
    {Refusal::context_length, "available context size"},         // llama.cpp
    {Refusal::context_length, "greater than the context length"},  // LM Studio
    {Refusal::content_filter, "flagged as potentially violating"},
    {Refusal::content_filter, "content management policy"},
    {Refusal::content_filter, "content exists risk"},  // DeepSeek
    // Anthropic
    {Refusal::context_length, "prompt is too long"},
    {Refusal::context_length, "exceed context limit"},
    {Refusal::context_length, "input is too long"},
    {Refusal::content_filter, "blocked by content filtering"},
    // Gemini
    {Refusal::context_length, "exceeds the maximum number of tokens"},
    // Ollama
    {Refusal::context_length, "exceeds the context length"},
    {Refusal::context_length, "exceeds context"},
};

inline std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  const auto one = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::transform(lower.begin(), lower.end(), lower.begin(), one);
  return lower;
}

// words: the error's code, type and the like, as far as it has them.
inline Refusal refusal_of(std::initializer_list<std::string_view> words, std::string_view message) {
  for (const std::string_view word : words) {
    const std::string lower = in_lower_case(word);
    for (const RefusalSign& sign : kRefusalWords) {
      if (lower == sign.text) return sign.refusal;
    }
  }
  const std::string lower = in_lower_case(message);
  for (const RefusalSign& sign : kRefusalPhrases) {
    if (lower.find(sign.text) != lower.npos) return sign.refusal;
  }
  return Refusal::none;
}

// The failure of such a request: the provider's own words are enough for its caller, who could mend it. It gets
// OpenAI's code, where the provider has none.
inline gatehouse::Error refused(Refusal refusal, std::string message, std::string code, std::uint32_t http_status) {
  const bool length = refusal == Refusal::context_length;
  if (code.empty()) code = length ? "context_length_exceeded" : "content_filter";
  gatehouse::Error error(GH_EINVAL, std::move(message));
  error.code(std::move(code)).http_status(http_status).refused();
  return length ? error.context_length() : error.content_filter();
}

}  // namespace provider
