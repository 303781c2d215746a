// Turns a chat request into the body of Gemini's generateContent, and one for embeddings into that of its
// batchEmbedContents.
// Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <string>
#include <string_view>

namespace gemini {

constexpr std::string_view kReasoningFormat = "google-gemini-v1";  // of the signatures it gives
constexpr std::string_view kMadeUpId = "call_gw-";                 // how the ids begin that we give calls without one

// Throws Error(GH_EINVAL) that names a field it cannot honour.
std::string request_body(gatehouse::ChatRequest request);
// model: as in the URL, "models/x".
std::string embeddings_body(const gatehouse::EmbeddingsRequest& request, std::string_view model);

}  // namespace gemini
