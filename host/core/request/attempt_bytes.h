// What one attempt's request is encoded from: the caller's request, and its JSON as this target is to have it. Once it
// is encoded it may be much of the memory of an exchange that waits for minutes. One exchange, one thread at a time.
#pragma once

#include <cstddef>
#include <string>

#include "core/request/chat_request.h"
#include "core/short_of_memory.h"

namespace gatehouse::core {

struct AttemptBytes {
  static constexpr std::size_t kLarge = 64u << 10;  // below this nothing is gained

  ChatRequest& request;
  std::string json;

  // Frees what the next attempt can make again.
  void release() {
    if (json.size() + request.messages().size_bytes() < kLarge) return;
    std::string().swap(json);  // an assignment would keep the memory
    request.shed_messages();
    give_back_spare_memory();  // where many exchanges have threads of their own, each would keep some
  }
};

}  // namespace gatehouse::core
