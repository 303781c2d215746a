// Reading a request in a dialect that is not OpenAI's chat completions. The errors of gatehouse/json_fields.hpp
// must not leave host/dialects: read_translated() turns them into a Status. Functions without state; any thread.
#pragma once

#include <algorithm>
#include <gatehouse/json_fields.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/request/chat_request.h"
#include "core/request/unique_names.h"
#include "core/short_of_memory.h"
#include "core/status.h"
#include "core/text/caller_text.h"
#include "core/text/json_writer.h"

namespace gatehouse::dialects {

using namespace gatehouse::fields;  // NOLINT: the vocabulary of every reader of requests

// Throws where there are as many tools before this one as may be: each takes more letters in a chat request than it may
// have taken from its caller. plugins/providers/chat counts in the same way.
inline void check_room_for_tool(std::size_t before) {
  if (before == 1024) throw wrong("tools", "must have at most 1024 entries");
}

// Copies members that are the same in both dialects.
inline void copy(object from, std::initializer_list<std::string_view> names, core::JsonObject& to) {
  for (const std::string_view name : names) {
    if (const auto value = field(from, name)) to.add_raw(name, raw(*value));
  }
}

// Every member must be one of the known names; null is as good as absent.
inline void refuse_others(object from, std::initializer_list<std::string_view> known, std::string_view path) {
  for (const auto [name, value] : from) {
    if (value.is_null() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw unsupported(member(path, name), "is not something this gateway can carry to a provider");
  }
}

// Refuses a name that is given twice within one object, at any depth: the reading below takes the first, another
// reader may take the last.
inline void refuse_twice(const element& value) {
  array list;
  object members;
  if (value.get(list) == simdjson::SUCCESS) {
    std::size_t index = 0;
    for (const element item : list) try {
        refuse_twice(item);
        ++index;
      } catch (core::TwiceNamed& name) {
        name.within(index);
        throw;
      }
  } else if (value.get(members) == simdjson::SUCCESS) {
    core::UniqueNames names;
    for (const auto [name, inner] : members) try {
        if (!names.add(name)) throw core::TwiceNamed{};
        refuse_twice(inner);
      } catch (core::TwiceNamed& twice) {
        twice.within(core::excerpt(name));
        throw;
      }
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
  if (parser.allocate(body.size(), core::ChatRequest::kMaxDepth) != simdjson::SUCCESS) return core::short_of_memory();
  element root;
  const auto error = parser.parse(body.view().data(), body.size(), false).get(root);
  if (error == simdjson::MEMALLOC) return core::short_of_memory();
  if (error != simdjson::SUCCESS) {
    return invalid("The request body is not valid JSON: " + std::string(simdjson::error_message(error)));
  }
  object fields;
  if (root.get(fields) != simdjson::SUCCESS) return invalid("The request body must be a JSON object");
  try {
    refuse_twice(root);
    return core::ChatRequest::parse(core::PaddedBytes(translate(fields)), task);
  } catch (const core::TwiceNamed& name) {
    const std::string path(core::cut(name.path, core::kMostName));
    core::Status status = invalid("'" + path + "' is given twice");
    status.failure().param = path;
    return status;
  } catch (const Error& refusal) {
    core::Status status = invalid(refusal.message());
    status.failure().param = refusal.param();
    status.failure().reason = refusal.code();
    return status;
  }
}

}  // namespace gatehouse::dialects
