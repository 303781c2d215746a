// Tells which of several copies of a counter the calling thread should use, so that threads rarely write to the
// same memory. Any thread; the same answer within a thread, but not after a wait (core/wait.h).
#pragma once

#include <cstddef>

namespace gatehouse::core {

constexpr std::size_t kLanes = 16;

std::size_t lane();  // < kLanes

}  // namespace gatehouse::core
