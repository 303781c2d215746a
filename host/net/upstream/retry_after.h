// How long a provider asks to be left alone, from its headers. Pure functions, safe from any thread.
#pragma once

#include <chrono>
#include <string_view>

namespace gatehouse::net {

// Retry-After: whole seconds, or a date. 0: neither, or not in the future. A day at most.
std::chrono::milliseconds retry_after(std::string_view value);

// Retry-After-Ms: a number of milliseconds, perhaps with a fraction. 0: it isn't. A day at most.
std::chrono::milliseconds retry_after_ms(std::string_view value);

}  // namespace gatehouse::net
