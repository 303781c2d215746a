// What a plugin shares with the rest of the process (signal handlers, environment, descriptors and the like), at one
// moment. Values; no other thread may change these meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gatehouse::conformance {

struct ProcessState {
  static ProcessState now();
  // What differs from before, as the end of a sentence that begins with "it left"; empty: nothing.
  std::string change_since(const ProcessState& before) const;

  std::size_t threads = 0;
  std::vector<int> files;
  std::vector<std::size_t> signal_handlers;  // by number
  std::string folder, locale;
  unsigned umask = 0;
  std::vector<std::string> environment;
};

// Bytes of the heap that are in use; 0: not known.
std::size_t heap_in_use();

}  // namespace gatehouse::conformance
