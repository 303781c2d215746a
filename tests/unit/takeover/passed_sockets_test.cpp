#include "takeover/passed_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>

namespace gatehouse::takeover {
namespace {

// Runs it in a process of its own, as descriptors from 3 on are somebody's here; what it returns.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

std::size_t taken(const std::string& count, const std::string& process) {
  ::setenv("LISTEN_FDS", count.c_str(), 1);
  ::setenv("LISTEN_PID", process.c_str(), 1);
  auto sockets = sockets_of_service_manager();
  const std::size_t size = sockets.size();
  for (core::Descriptor& one : sockets) (void)one.release();
  return size;
}

TEST(PassedSockets, AreThoseOfThisProcess) {
  EXPECT_EQ(in_child([] {
              const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
              ::listen(listening, 1);
              for (const int fd : {10, 11}) ::dup2(listening, fd);
              for (const int fd : {3, 4}) ::dup2(fd + 7, fd);
              ::dup2(0, 5);  // no socket: it is the process's own
              return static_cast<int>(taken("3", std::to_string(::getpid())));
            }),
            2);
  EXPECT_EQ(in_child([] { return static_cast<int>(taken("2", "1")); }), 0) << "somebody else's";
}

TEST(PassedSockets, NonsenseIsNone) {
  for (const char* count : {"", "-1", "x", "1x", "0", "99999999999999999999", "1000"})
    EXPECT_EQ(taken(count, std::to_string(::getpid())), 0u) << count;
}

TEST(PassedSockets, NoChildSeesThem) {
  (void)taken("1", "1");
  EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
  EXPECT_EQ(std::getenv("LISTEN_PID"), nullptr);
}

}  // namespace
}  // namespace gatehouse::takeover
