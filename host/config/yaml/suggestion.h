// Finds what somebody probably meant. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gatehouse::config {

// "; did you mean "max_body"?" where one of `known` is near enough, otherwise
// "; known KIND: a, b, c", or "" where nothing is known.
std::string suggestion(std::string_view written, std::string_view kind, std::span<const std::string> known);

}  // namespace gatehouse::config
