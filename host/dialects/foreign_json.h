// Reading a request in a dialect that is not OpenAI's chat completions: fields by name, null as good as
// absent, and a refusal that names the field. What is thrown here must not leave host/dialects.
// Functions without state; any thread.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/json_writer.h"
#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::dialects {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

struct Refusal {
  std::string message;
  std::string param;
  std::string code;  // machine-readable; may be empty
};

[[noreturn]] inline void refuse(std::string param, std::string_view says, std::string code = {}) {
  std::string message = "'" + param + "' " + std::string(says);
  throw Refusal{std::move(message), std::move(param), std::move(code)};
}
[[noreturn]] inline void refuse_unsupported(std::string param, std::string_view says) {
  refuse(std::move(param), says, "unsupported_parameter");
}

// "messages[2].content", from its parts.
inline std::string item(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

inline std::optional<element> field(object from, std::string_view name) {
  element value;
  if (from.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

// wants: "must be a string".
template <class T>
T need(element value, const std::string& path, std::string_view wants) {
  T result;
  if (value.get(result) != simdjson::SUCCESS) refuse(path, wants);
  return result;
}
inline std::string_view need_text(object from, std::string_view name, const std::string& path) {
  const auto value = field(from, name);
  if (!value) refuse(path + std::string(name), "is required");
  return need<std::string_view>(*value, path + std::string(name), "must be a string");
}
inline std::string_view text_or_empty(object from, std::string_view name) {
  const auto value = field(from, name);
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? text : std::string_view();
}
inline object need_object(element value, const std::string& path) {
  return need<object>(value, path, "must be an object");
}
inline std::string raw(element value) { return simdjson::minify(value); }

// Copies members that are the same in both dialects.
inline void copy(object from, std::initializer_list<std::string_view> names, core::JsonObject& to) {
  for (const std::string_view name : names) {
    if (const auto value = field(from, name)) to.add_raw(name, raw(*value));
  }
}

// Every member must be one of the known names; null is as good as absent.
inline void refuse_others(object from, std::initializer_list<std::string_view> known, const std::string& path) {
  for (const auto [name, value] : from) {
    if (value.is_null() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    refuse_unsupported(path + std::string(name), "is not something this gateway can carry to a provider");
  }
}

// Translates a body with translate(object) -> the chat request's JSON, and reads that.
template <class Translate>
core::Result<core::ChatRequest> read_translated(const core::PaddedBytes& body, Translate translate,
                                                core::Task task = core::Task::chat) {
  const auto invalid = [](std::string message) {
    return core::Status(core::Code::invalid_request, std::move(message));
  };
  simdjson::dom::parser parser;
  if (parser.allocate(body.size(), core::ChatRequest::kMaxDepth) != simdjson::SUCCESS) {
    return invalid("The request body is too large to read");
  }
  element root;
  const auto error = parser.parse(body.view().data(), body.size(), false).get(root);
  if (error != simdjson::SUCCESS) {
    return invalid("The request body is not valid JSON: " + std::string(simdjson::error_message(error)));
  }
  object fields;
  if (root.get(fields) != simdjson::SUCCESS) return invalid("The request body must be a JSON object");
  try {
    return core::ChatRequest::parse(core::PaddedBytes(translate(fields)), task);
  } catch (Refusal& refusal) {
    core::Status status = invalid(std::move(refusal.message));
    status.failure().param = std::move(refusal.param);
    status.failure().reason = std::move(refusal.code);
    return status;
  }
}

}  // namespace gatehouse::dialects
