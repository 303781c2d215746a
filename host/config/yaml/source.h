// A place in a configuration file, for messages that are written after it was read. A value.
#pragma once

#include <string>

namespace gatehouse::config {

struct Source {
  std::string file;
  int line = 0;  // both count from 1
  int column = 0;

  std::string text() const { return file + ":" + std::to_string(line) + ":" + std::to_string(column); }
};

}  // namespace gatehouse::config
