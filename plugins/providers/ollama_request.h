// Turns a chat request into the body of Ollama's POST /api/chat, and one for embeddings into that of /api/embed.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <string>
#include <string_view>

namespace ollama {

constexpr std::string_view kReasoningFormat = "ollama";  // of its thoughts, which carry no signature

// Throws Error(GH_EINVAL) that names a field it cannot honour.
std::string request_body(gatehouse::ChatRequest request);
std::string embeddings_body(const gatehouse::EmbeddingsRequest& request);

}  // namespace ollama
