// What is answered where memory is short, and how a process gets so far that it can answer: the request is fine, and
// may be sent again. Functions without state; any thread.
#pragma once

#include "core/status.h"

namespace gatehouse::core {

Status short_of_memory();

// Has the allocator make now what it would otherwise make as threads begin, and without which it crashes. Once, before
// other threads begin.
void provide_for_shortage();

// What this thread keeps of the memory that it has freed goes to all: before it waits for long, after much work.
void give_back_spare_memory();

}  // namespace gatehouse::core
