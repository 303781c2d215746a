// What one attempt's request is encoded from: the caller's request, and its JSON as this target is to have it. Once it
// is encoded it may be much of the memory of an exchange that waits for minutes. One exchange, one thread at a time.
#pragma once

#include <cstddef>
#include <string>

#include "core/request/chat_request.h"

namespace gatehouse::core {

struct AttemptBytes {
  static constexpr std::size_t kLarge = 64u << 10;  // below this nothing is gained

  ChatRequest& request;
  std::string json;

  // Frees what the next attempt can make again.
  void release() {
    if (json.size() < kLarge) return;
    std::string().swap(json);  // an assignment would keep the memory
    request.shed_texts();
  }
};

}  // namespace gatehouse::core
