// The request of a chat call as its fields, for providers without OpenAI's wire: read with the functions of
// gatehouse/json_fields.hpp, and refused by name where a provider cannot honour them, never in silence.
// Functions without state; any thread.
#pragma once

#include <gatehouse/json_fields.hpp>
#include <gatehouse/plugin.hpp>

#include <string_view>

namespace chat {

using namespace gatehouse::fields;  // NOLINT: the vocabulary of every reader of requests

// The request itself. The gateway has checked it, but takes numbers that simdjson's tree cannot hold.
inline object parse_request(gatehouse::JsonReader& reader, std::string_view json) {
  const auto root = reader.try_parse(json);
  object fields;
  if (!root || root->get(fields) != simdjson::SUCCESS) {
    throw gatehouse::Error(GH_EINVAL, "the request has a number that is too large for this provider");
  }
  return fields;
}

}  // namespace chat
