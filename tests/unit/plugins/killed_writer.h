// A child process that writes to a sink until it is killed without warning.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace gatehouse::testing {

// Starts sink_writer, kills it some time after it has acknowledged `least` ids, and returns all ids
// it has acknowledged.
inline std::vector<std::string> ids_of_killed_writer(const std::string& sink, const std::string& config,
                                                     const std::string& prefix, std::size_t least) {
  int channel[2];
  EXPECT_EQ(::pipe(channel), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(channel[1], STDOUT_FILENO);
    ::close(channel[0]);
    ::execl(GATEHOUSE_SINK_WRITER, "sink_writer", sink.c_str(), config.c_str(), prefix.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(channel[1]);
  std::FILE* acknowledged = ::fdopen(channel[0], "r");
  std::vector<std::string> ids;
  char line[128];
  while (std::fgets(line, sizeof line, acknowledged) != nullptr) {
    const std::string id(line);
    if (id.back() == '\n') ids.push_back(id.substr(0, id.size() - 1));
    if (ids.size() == least) ::kill(child, SIGKILL);
  }
  std::fclose(acknowledged);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the writer ended by itself: " << status;
  return ids;
}

}  // namespace gatehouse::testing
