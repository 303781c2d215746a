// What a plugin shares with everybody else in the gateway's process, as it is at one moment. Values; no other
// thread may change it meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gatehouse::conformance {

struct ProcessState {
  static ProcessState now();
  // What is different here, as the end of a sentence that begins with "it left"; empty when nothing is.
  std::string change_since(const ProcessState& before) const;

  std::size_t threads = 0;
  std::vector<int> files;
  std::vector<std::size_t> signal_handlers;  // by number
  std::string folder, locale;
  unsigned umask = 0;
  std::vector<std::string> environment;
};

// Bytes of the heap that are in use; 0 where nobody can tell.
std::size_t heap_in_use();

}  // namespace gatehouse::conformance
