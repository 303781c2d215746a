#include "conformance/process_state.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cstring>
#include <filesystem>

// The allocator this process happens to have: jemalloc, a sanitizer's, or else the C library's.
extern "C" {
[[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size, void* next, std::size_t next_size);
[[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();
}

namespace gatehouse::conformance {

namespace fs = std::filesystem;

ProcessState ProcessState::now() {
  ProcessState state;
  state.threads = static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/task"), {}));
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1) state.files.push_back(fd);
  }
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    ::sigaction(number, nullptr, &action);
    state.signal_handlers.push_back(reinterpret_cast<std::size_t>(action.sa_handler));
  }
  state.folder = fs::current_path();
  state.locale = std::setlocale(LC_ALL, nullptr);
  state.umask = ::umask(0);
  ::umask(state.umask);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) state.environment.emplace_back(*entry);
  return state;
}

std::string ProcessState::change_since(const ProcessState& before) const {
  if (threads > before.threads) return std::to_string(threads - before.threads) + " threads running";
  if (files != before.files) {
    return std::to_string(files.size()) + " files open, where there were " + std::to_string(before.files.size());
  }
  for (std::size_t i = 0; i < signal_handlers.size(); ++i) {
    if (signal_handlers[i] != before.signal_handlers[i])
      return "another handler of signal " + std::to_string(i + 1) + " (" + ::strsignal(static_cast<int>(i + 1)) + ")";
  }
  if (folder != before.folder) return "the process in the folder " + folder + ", not " + before.folder;
  if (locale != before.locale) return "the locale " + locale + ", not " + before.locale;
  if (umask != before.umask) return "another umask";
  if (environment != before.environment) return "another environment";
  return {};
}

std::size_t heap_in_use() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  if (mallctl == nullptr) return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
  std::uint64_t epoch = 1;
  std::size_t allocated = 0, size = sizeof allocated;
  ::mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);  // what is kept for reuse counts as in use
  ::mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  return ::mallctl("stats.allocated", &allocated, &size, nullptr, 0) == 0 ? allocated : 0;
}

}  // namespace gatehouse::conformance
