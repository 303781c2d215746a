// Names for exchanges: unique ones of our own, and the check on those a caller brings.
// Functions without shared state; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::core {

// `bytes` random bytes as hex digits. Unique, not secret.
std::string random_hex(std::size_t bytes);
void append_random_hex(std::string& out, std::size_t bytes);

// "gw-req-" and a UUIDv7 (RFC 9562) without its dashes: unique, and sorts by time.
std::string new_exchange_id(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

// Whether a caller's id may stand in headers and logs: 1 to 128 of [A-Za-z0-9._-].
bool is_valid_request_id(std::string_view id);

}  // namespace gatehouse::core
