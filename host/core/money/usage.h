// Tokens one reply cost, in the gateway's own terms: input includes what came from a cache,
// output includes reasoning. Values.
#pragma once

#include <cstdint>

namespace gatehouse::core {

struct Usage {
  std::uint64_t input = 0;
  std::uint64_t output = 0;
  std::uint64_t cached = 0;          // of input
  std::uint64_t cache_write = 0;     // of input
  std::uint64_t reasoning = 0;       // of output
  std::uint64_t cache_write_1h = 0;  // of cache_write, what stays there for an hour
  std::uint64_t audio_input = 0;     // of input
  std::uint64_t image_input = 0;     // of input
  std::uint64_t audio_output = 0;    // of output
  bool reported = false;             // by the provider; otherwise counted or estimated by us

  std::uint64_t total() const { return input + output; }
};

}  // namespace gatehouse::core
