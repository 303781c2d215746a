#include "core/short_of_memory.h"

#include <cstdlib>

// jemalloc's, where this process has it.
extern "C" {
[[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size, void* next, std::size_t next_size);
}

namespace gatehouse::core {

Status short_of_memory() {
  Status status(Code::overloaded, "The gateway is short of memory just now; send the request again.");
  status.failure().retry_after = std::chrono::seconds(1);
  status.failure().reason = "gateway_short_of_resources";
  return status;
}

void give_back_spare_memory() {
  if (mallctl != nullptr) mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
}

// A new thread takes an arena that there is; it makes one only while some are missing, and where it cannot, uses none.
void provide_for_shortage() {
  unsigned count = 0, mine = 0;
  std::size_t size = sizeof count;
  if (mallctl == nullptr || mallctl("opt.narenas", &count, &size, nullptr, 0) != 0) return;
  if (mallctl("thread.arena", &mine, &size, nullptr, 0) != 0) return;
  for (unsigned arena = 0; arena < count; ++arena) mallctl("thread.arena", nullptr, nullptr, &arena, sizeof arena);
  mallctl("thread.arena", nullptr, nullptr, &mine, sizeof mine);
  void* volatile large = std::malloc(2u << 20);  // has one of its own
  std::free(large);
}

}  // namespace gatehouse::core
