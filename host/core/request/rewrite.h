// Changes members of a request and leaves the bytes of all others as the caller wrote them. Function without
// state; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/request/chat_request.h"

namespace gatehouse::core {

struct Change {
  std::string_view name;
  std::optional<std::string_view> value;  // raw JSON; nothing: drop the member
};

// The request's JSON with the changes made; a member that was not there is added at the end.
std::string rewrite(const ChatRequest& request, std::span<const Change> changes);

// As a provider is to have it: with its own name of the model, usage always asked for, and a bound on the tokens of each
// choice where the caller names none; nothing: it has none.
std::string rewritten_for(std::string_view model, const ChatRequest& request,
                          std::optional<std::uint64_t> output_bound = std::nullopt);

}  // namespace gatehouse::core
