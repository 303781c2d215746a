// The calling thread's buffer for received bytes, valid until the next wait (core/wait.h). One buffer for all
// connections of a thread stays in the cache; one on each fiber's stack would not. Any thread.
#pragma once

#include <array>
#include <span>

namespace gatehouse::net {

inline std::span<char> receive_buffer() {
  thread_local std::array<char, 16u << 10> buffer;
  return buffer;
}

}  // namespace gatehouse::net
