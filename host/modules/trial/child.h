// A second process of this program, for work that may crash or hang. It reads its task from standard input and writes
// its answer as it goes. At its deadline it is killed, together with all that it started. Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::modules {

struct ChildEnd {
  std::string answer;
  bool in_time = true;
  int ended = 0;  // as waitpid tells it

  bool fine() const;  // it ended by itself, with exit code 0
  // How it ended otherwise: "died of signal 6 (Aborted) while creating"; the answer's last line is what it was doing.
  std::string how(std::chrono::milliseconds time_limit) const;
};

// program is started with command as its one argument. A failure has Code::internal: there was no process.
core::Result<ChildEnd> run_in_child(const std::string& program, std::string_view command, const std::string& task,
                                    std::chrono::milliseconds time_limit);

// The child's side.
std::string child_task();  // reads it whole; from here on the process dies with its parent
void child_says(std::string_view words);

}  // namespace gatehouse::modules
