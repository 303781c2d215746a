// One thing `gatehouse` can be told to do. One file each; main.cpp lists them.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::commands {

struct Arguments {
  std::string config;  // --config
};

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments& arguments);  // the exit code: 0 fine, 1 failed
};

int serve(const Arguments& arguments);
int check(const Arguments& arguments);
int plugins(const Arguments& arguments);
int reload(const Arguments& arguments);

// Prints a failure to standard error, every line of it under the program's name.
void complain(const core::Status& status);

}  // namespace gatehouse::commands
