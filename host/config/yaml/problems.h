// Everything found wrong with one configuration file, in the file's order. One load, one thread.
#pragma once

#include <string>
#include <vector>

#include "config/yaml/source.h"
#include "core/status.h"

namespace gatehouse::config {

class Problems {
 public:
  void add(Source where, std::string sentence) { found_.push_back({std::move(where), std::move(sentence)}); }
  bool none() const { return found_.empty(); }
  core::Status status();  // ok when there are none

 private:
  struct Problem {
    Source where;
    std::string sentence;
  };
  std::vector<Problem> found_;
};

}  // namespace gatehouse::config
