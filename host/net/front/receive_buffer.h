// The calling thread's buffer for received bytes, valid until the next wait (core/wait.h). One buffer for all
// connections of a thread stays in the cache; one on each fiber's stack would not. Any thread.
#pragma once

#include <span>

namespace gatehouse::net {

std::span<char> receive_buffer();

}  // namespace gatehouse::net
