// A chat request's messages as a provider without OpenAI's wire needs them: turns of blocks, with the
// system prompt apart, tool results in their place and arguments as objects.
// Built once from the request's JSON; views into it and its parser. Immutable; one exchange.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chat_fields.h"

namespace chat {

struct Block {
  enum class Kind { text, image, file, audio, tool_call, tool_result, reasoning, sealed };
  Kind kind = Kind::text;
  std::string path;                   // where it is in the request, for refusals
  std::string_view text;              // text, reasoning; sealed: what is sealed
  std::string_view media_type, data;  // image, file, audio: base64
  std::string_view url;               // image that is not in the request itself
  std::string_view id;                // tool_call, tool_result; sealed: the tool call it belongs to
  std::string_view name;              // tool_call, tool_result; file
  std::string arguments;              // tool_call: a JSON object
  std::string_view signature;         // reasoning
  std::string_view format;            // reasoning, sealed: whose it is
  std::string cache_control;          // raw JSON; empty when there is none
  bool is_error = false;              // tool_result
  std::size_t number = 0;             // tool_result: of its call, among all that were made
  std::vector<Block> content;         // tool_result: text, image, file
};

enum class Role { system, user, assistant };

struct Turn {
  Role role = Role::user;
  std::vector<Block> blocks;  // of a user: tool results first, in the order of their calls
};

enum class Shape {
  alternating,  // user and assistant in turn; the system prompt apart, a later one among the user's blocks
  as_given,     // one turn per message, system prompts among them
};

struct Conversation {
  std::vector<Block> system;  // alternating only: text
  std::vector<Turn> turns;    // none without blocks
};

// Throws Error(GH_EINVAL) that names the field at fault.
Conversation read_conversation(object request, Shape shape);

// The text blocks joined; the caller knows that there are no others.
std::string joined_text(const std::vector<Block>& blocks, std::string_view separator);

}  // namespace chat
