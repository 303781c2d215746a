// A body on a provider's wire, as it is kept while the provider is awaited. A function without state; any thread.
#pragma once

#include <string>

namespace chat {

// The same text without the room that it grew by, where that is much.
inline std::string kept_body(std::string text) {
  if (text.capacity() - text.size() > text.size() / 8 + 1024) text.shrink_to_fit();
  return text;
}

}  // namespace chat
