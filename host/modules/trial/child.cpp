#include "modules/trial/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "core/descriptor.h"

namespace gatehouse::modules {

using core::Code;
using core::Descriptor;
using core::Status;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kAnswer = 3;  // file descriptor

Status failed(const std::string& what) {
  return {Code::internal, "cannot try the plugin in a process of its own: " + what + ": " + std::strerror(errno)};
}

// A file without a name, positioned at its beginning. Unlike a pipe it takes any amount without a reader.
Descriptor file_with(const std::string& bytes) {
  Descriptor file(::memfd_create("task", MFD_CLOEXEC));
  const bool whole =
      file.valid() && ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  return whole && ::lseek(file.get(), 0, SEEK_SET) == 0 ? std::move(file) : Descriptor(-1);
}

// The process inherits its input, its answer and standard error alone. It has a process group of its own, so that it
// can be killed with all that it started.
int spawn(const std::string& program, std::string command, int input, int answer, pid_t& pid) {
  // By descriptor: under valgrind "/proc/self/exe" names what is being run when it is opened, but valgrind when it is
  // executed. By this process's descriptor, because the child has closed its own by then.
  const Descriptor opened(::open(program.c_str(), O_PATH | O_CLOEXEC));
  if (!opened.valid()) return errno;
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(opened.get());
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);  // first: it may be in the answer's place
  posix_spawn_file_actions_adddup2(&files, answer, kAnswer);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, kAnswer + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::string name = "gatehouse";
  char* const arguments[] = {name.data(), command.data(), nullptr};
  const int error = ::posix_spawn(&pid, path.c_str(), &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

// Waits until the file can be read; false when the deadline came first.
bool readable(int fd, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd wanted{fd, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;
  }
}

// Reads until the last writer is gone; false when the deadline came first.
bool read_until(int fd, Clock::time_point deadline, std::string& answer) {
  std::array<char, 1024> block;
  while (readable(fd, deadline)) {
    const ssize_t n = ::read(fd, block.data(), block.size());
    if (n > 0) answer.append(block.data(), static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return true;
  }
  return false;
}

// Waits for the process, and ends it at the deadline, together with what it may have left behind.
int wait_for(pid_t pid, Clock::time_point deadline) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.si_pid == 0 &&
         Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::kill(-pid, SIGKILL);  // before the process is collected and its id somebody else's
  int ended = 0;
  while (::waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
  }
  return ended;
}

std::string last_line(std::string_view answer) {
  if (answer.empty()) return "starting";
  answer.remove_suffix(1);
  return std::string(answer.substr(answer.rfind('\n') + 1));
}

}  // namespace

bool ChildEnd::fine() const { return in_time && WIFEXITED(ended) && WEXITSTATUS(ended) == 0; }

std::string ChildEnd::how(std::chrono::milliseconds time_limit) const {
  const std::string doing = last_line(answer);
  if (!in_time) return "did not come to an end within " + std::to_string(time_limit.count()) + " ms of " + doing;
  if (WIFSIGNALED(ended)) {
    return "died of signal " + std::to_string(WTERMSIG(ended)) + " (" + ::strsignal(WTERMSIG(ended)) + ") while " +
           doing;
  }
  return "ended the process with exit code " + std::to_string(WEXITSTATUS(ended)) + " while " + doing;
}

core::Result<ChildEnd> run_in_child(const std::string& program, std::string_view command, const std::string& task,
                                    std::chrono::milliseconds time_limit) {
  const Descriptor input = file_with(task);
  if (!input.valid()) return failed("memfd_create");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed("pipe");
  const Descriptor answers(ends[0]);
  Descriptor answer_end(ends[1]);
  pid_t pid = 0;
  if (const int error = spawn(program, std::string(command), input.get(), answer_end.get(), pid); error != 0) {
    errno = error;
    return failed(program);
  }
  answer_end.close();
  ChildEnd end;
  const auto deadline = Clock::now() + time_limit;
  end.in_time = read_until(answers.get(), deadline, end.answer);
  end.ended = wait_for(pid, deadline);
  return end;
}

std::string child_task() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string all;
  std::array<char, 4096> block;
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, block.data(), block.size());
    if (n > 0) all.append(block.data(), static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return all;
  }
}

void child_says(std::string_view words) {
  // If this fails, the parent is gone, and this process soon will be.
  (void)!::write(kAnswer, words.data(), words.size());
}

}  // namespace gatehouse::modules
