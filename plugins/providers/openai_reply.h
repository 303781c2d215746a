// Reads what an OpenAI-compatible provider answers, a chat.completion or the chunks of a stream, into
// events; the JSON itself travels with the first of them. A field that is null is a field that is
// absent. Functions without state; any thread.
#pragma once

#include <gatehouse/plugin.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>

#include "chat/counts.h"
#include "chat/provider_error.h"

namespace openai {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// The value as a T; a default one when it is of another type, as null is.
template <class T>
T as(element value) {
  T result{};
  if (value.get(result) != simdjson::SUCCESS) return T{};
  return result;
}

// The first of these that says more than nothing; 0, where none does.
inline std::uint64_t first_count(element usage, std::initializer_list<std::string_view> places) {
  for (const std::string_view place : places) {
    if (const std::uint64_t count = gatehouse::count_at(usage, place).value_or(0); count != 0) return count;
  }
  return 0;
}

// Some servers use the names of OpenAI's younger interface, alone or, with zeros, beside those of chats; and DeepSeek
// has one of its own for what was cached.
inline gatehouse::Usage counts_of(element usage) {
  gatehouse::Usage result;
  result.input = first_count(usage, {"/prompt_tokens", "/input_tokens"});
  result.output = first_count(usage, {"/completion_tokens", "/output_tokens"});
  result.cached = first_count(usage, {"/prompt_tokens_details/cached_tokens", "/input_tokens_details/cached_tokens",
                                      "/prompt_cache_hit_tokens"});
  result.cache_write = first_count(
      usage, {"/prompt_tokens_details/cache_write_tokens", "/input_tokens_details/cache_write_tokens"});
  result.reasoning = first_count(
      usage, {"/completion_tokens_details/reasoning_tokens", "/output_tokens_details/reasoning_tokens"});
  result.audio_input =
      first_count(usage, {"/prompt_tokens_details/audio_tokens", "/input_tokens_details/audio_tokens"});
  result.image_input =
      first_count(usage, {"/prompt_tokens_details/image_tokens", "/input_tokens_details/image_tokens"});
  result.audio_output =
      first_count(usage, {"/completion_tokens_details/audio_tokens", "/output_tokens_details/audio_tokens"});
  return result;
}

inline gatehouse::Usage usage_of(element usage) {
  gatehouse::Usage result = counts_of(usage);
  counts::raise_to_total(result, gatehouse::count_at(usage, "/total_tokens"));
  return result;
}

// One element of tool_calls. In a chunk it says its index; in a whole message that is its position.
inline void read_tool_call(element call, std::uint64_t index, std::uint32_t choice, gatehouse::Events& out) {
  std::string_view id, name, arguments;
  object fields;
  if (call.get(fields) != simdjson::SUCCESS) return;
  for (const auto [key, value] : fields) {
    if (key == "index") index = as<std::uint64_t>(value);
    if (key == "id") id = as<std::string_view>(value);
    if (key == "function") {
      name = gatehouse::text_at(value, "/name").value_or("");
      arguments = gatehouse::text_at(value, "/arguments").value_or("");
    }
  }
  out.tool_call(static_cast<std::uint32_t>(index), id, name, arguments, choice);
}

// What the model thought, as some providers tell it: in pieces of their own kind, which may be signed,
// or as plain text.
inline void read_reasoning(object message, std::uint32_t choice, gatehouse::Events& out) {
  std::string_view plain;
  array details;
  bool detailed = false;
  for (const auto [key, value] : message) {
    if (key == "reasoning_details") detailed = value.get(details) == simdjson::SUCCESS && details.size() != 0;
    if (key == "reasoning_content" || key == "reasoning") plain = as<std::string_view>(value);
  }
  if (!detailed) {
    if (!plain.empty()) out.reasoning(0, plain, {}, {}, choice);
    return;
  }
  std::uint64_t position = 0;
  for (const element detail : details) {
    const auto text = [&](std::string_view place) { return gatehouse::text_at(detail, place).value_or(""); };
    const auto index = static_cast<std::uint32_t>(gatehouse::number_at(detail, "/index").value_or(position));
    ++position;
    if (text("/type") == "reasoning.encrypted")
      out.sealed(index, text("/data"), text("/id"), text("/format"), choice);
    else if (text("/type") == "reasoning.text")
      out.reasoning(index, text("/text"), text("/signature"), text("/format"), choice);
  }
}

using Refused = std::set<std::uint32_t>;  // the choices that are refusals

// A chunk's "delta" or a completion's "message": the same fields, in pieces or whole. The words of a refusal are all
// that such an answer has.
inline void read_message(element message, std::uint32_t choice, Refused& refused, gatehouse::Events& out) {
  object fields;
  if (message.get(fields) != simdjson::SUCCESS) return;
  read_reasoning(fields, choice, out);
  for (const auto [key, value] : fields) {
    std::string_view text;
    array list;
    if (key == "content" && value.get(text) == simdjson::SUCCESS && !text.empty()) out.text(text, choice);
    if (key == "refusal" && value.get(text) == simdjson::SUCCESS && !text.empty()) {
      refused.insert(choice);
      out.text(text, choice);
    }
    if (key == "content" && value.get(list) == simdjson::SUCCESS) {
      for (const element part : list) out.text(gatehouse::text_at(part, "/text").value_or(""), choice);
    }
    if (key == "tool_calls" && value.get(list) == simdjson::SUCCESS) {
      std::uint64_t position = 0;
      for (const element call : list) read_tool_call(call, position++, choice, out);
    }
  }
}

// In the gateway's words; an unknown reason is a natural end.
inline void read_finish(std::string_view reason, std::uint32_t choice, bool refused, gatehouse::Events& out) {
  if (refused)
    out.finish("content_filter", choice, reason);
  else if (reason == "stop" || reason == "length" || reason == "tool_calls" || reason == "content_filter")
    out.finish(reason, choice);
  else
    out.finish(reason == "function_call" ? "tool_calls" : "stop", choice, reason);
}

inline void read_choice(object choice, Refused& refused, gatehouse::Events& out) {
  std::uint64_t index = 0;
  std::string_view finish_reason;
  element message;
  bool has_message = false;
  for (const auto [key, value] : choice) {
    if (key == "index") index = as<std::uint64_t>(value);
    if (key == "finish_reason") finish_reason = as<std::string_view>(value);
    if (key == "delta" || key == "message") {
      message = value;
      has_message = true;
    }
  }
  const auto number = static_cast<std::uint32_t>(index);
  if (has_message) read_message(message, number, refused, out);
  if (!finish_reason.empty()) read_finish(finish_reason, number, refused.contains(number), out);
}

// Returns whether there are any choices.
inline bool read_choices(element value, Refused& refused, gatehouse::Events& out) {
  array choices;
  if (value.get(choices) != simdjson::SUCCESS) return false;
  bool any = false;
  for (const element choice : choices) {
    object fields;
    if (choice.get(fields) != simdjson::SUCCESS) continue;
    read_choice(fields, refused, out);
    any = true;
  }
  return any;
}

// What chunks and completions have in common. Returns whether there are any choices.
inline bool read_answer(element root, std::string_view json, Refused& refused, gatehouse::Events& out) {
  object fields;
  if (root.get(fields) != simdjson::SUCCESS) {
    throw gatehouse::Error(GH_EUPSTREAM, "the provider's answer is not a JSON object; check its base_url");
  }
  if (const auto failure = provider::failure_in(root)) throw *failure;
  // Without that list it is none of OpenAI's chunks, and clients would stumble over it.
  if (!json.empty() && gatehouse::at<array>(root, "/choices")) out.original(json);
  bool any_choice = false;
  for (const auto [key, value] : fields) {
    if (key == "choices") any_choice |= read_choices(value, refused, out);
    if (key == "usage" && value.is_object()) counts::report(usage_of(value), out);
  }
  return any_choice;
}

// One chunk of a stream. One without choices, such as the one with the usage, is fine.
inline void read_chunk(element root, std::string_view json, Refused& refused, gatehouse::Events& out) {
  read_answer(root, json, refused, out);
}

inline void read_embeddings(element root, std::string_view json, gatehouse::Events& out) {
  if (const auto failure = provider::failure_in(root)) throw *failure;
  if (!gatehouse::at<array>(root, "/data")) {
    throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without any embeddings; check its base_url");
  }
  out.original(json);
  if (const auto said = gatehouse::at<element>(root, "/usage")) {
    gatehouse::Usage usage = counts_of(*said);
    usage.input = std::max(usage.input, counts::believable(gatehouse::count_at(*said, "/total_tokens")));
    usage.output = 0;  // all of it is the prompt, so that the total alone is enough
    counts::report(usage, out);
  }
  out.finish("stop");
}

// json: empty where it is not to travel on.
inline void read_completion(element root, std::string_view json, gatehouse::Events& out) {
  Refused refused;
  if (!read_answer(root, json, refused, out)) {
    throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without any choices; check its base_url");
  }
}

}  // namespace openai
