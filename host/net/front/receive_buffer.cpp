#include "net/front/receive_buffer.h"

#include <array>

namespace gatehouse::net {

std::span<char> receive_buffer() {
  thread_local std::array<char, 16u << 10> buffer;
  return buffer;
}

}  // namespace gatehouse::net
