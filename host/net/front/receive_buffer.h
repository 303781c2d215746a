// The calling thread's buffer for bytes that are read and done with before anybody waits (core/wait.h): one for all
// its connections stays in the cache, where one on each fiber's stack does not.
#pragma once

#include <span>

namespace gatehouse::net {

std::span<char> receive_buffer();

}  // namespace gatehouse::net
