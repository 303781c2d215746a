// What a configured instance hands to the version that takes its place in a swap. A class that has both
//   gatehouse::State save() const          beside any other call, on any thread
//   void restore(gatehouse::StateView)     after construction, before any other call
// takes part. It is the state of the moment: what the old version learns after it is lost; for numbers
// that must be exact there are Counters (host.hpp). Throwing in restore refuses the swap.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse {

struct State {
  std::uint32_t version = 1;  // of the format; the plugin's own
  std::string bytes;
};

struct StateView {
  std::uint32_t version;
  std::string_view bytes;
};

}  // namespace gatehouse
