// Carries reasoning through a dialect that has one opaque field for it (Anthropic's "signature" and "data", OpenAI's
// "encrypted_content"). The reasoning of another kind of provider is wrapped, so that it finds its way back to that
// provider when the caller returns it. Functions without state; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/text/json_writer.h"

namespace gatehouse::dialects {

inline constexpr std::string_view kAnthropicFormat = "anthropic-claude-v1";

struct Seal {
  std::string_view format;     // whose it is
  std::string_view tool_call;  // the id of the call it belongs to; empty: none
  std::string_view data;       // a signature, or what is sealed
  bool words = false;          // it signs words; otherwise it is all there is
};

std::string wrap(const Seal& seal);
// nullopt when text is not what wrap() made.
std::optional<Seal> unwrap(std::string_view text);

// One entry of a chat request's reasoning_details. words: what the seal signs.
void append_reasoning_detail(core::JsonArray& details, std::size_t index, std::string_view words, const Seal& seal);

}  // namespace gatehouse::dialects
