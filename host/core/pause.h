// Waits on purpose, within an exchange. Function without state; any thread.
#pragma once

#include <chrono>

#include "core/cancellation.h"
#include "core/status.h"

namespace gatehouse::core {

// Returns after `time`, or earlier with the reason why the exchange should not go on.
Status pause(std::chrono::steady_clock::duration time, Cancellation& cancellation);

}  // namespace gatehouse::core
