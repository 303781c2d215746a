// What a caller wrote, as it may stand in an error, a record or a metric: bounded, and cut at the end of a character.
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::core {

inline constexpr std::size_t kMostName = 256;  // bytes of a model's name or an id; longer ones are refused
inline constexpr std::size_t kMostQuoted = 64;  // bytes of a caller's text within a sentence of ours

// The first bytes of a UTF-8 text, `most` at most.
std::string_view cut(std::string_view text, std::size_t most);

// The text as a sentence quotes it: kMostQuoted bytes at most, with "…" where more follow.
std::string excerpt(std::string_view text);

}  // namespace gatehouse::core
