// stdout - one line of JSON per record on the gateway's standard output, one write per batch.
//   - { plugin: stdout }
#include <gatehouse/plugin.hpp>

#include <cerrno>
#include <system_error>

#include <poll.h>
#include <unistd.h>

#include "lines.h"

namespace {

constexpr int kPatienceMs = 1000;  // how long a reader that has fallen behind may hold up one write

class Stdout {
 public:
  void write(gatehouse::Records records) {
    const std::string lines = as_lines(records);
    std::size_t done = begun_at(lines);
    while (done < lines.size()) {
      const ssize_t written = ::write(STDOUT_FILENO, lines.data() + done, lines.size() - done);
      if (written >= 0) {
        done += static_cast<std::size_t>(written);
      } else if (errno != EINTR && !(errno == EAGAIN && reader_catches_up())) {
        give_up(errno, lines.substr(0, done));
      }
    }
    sent_.clear();
  }

 private:
  // A batch that failed halfway comes again, and goes on where it was cut. Should another come
  // instead, the half line is ended first.
  std::size_t begun_at(const std::string& lines) {
    if (lines.starts_with(sent_)) return sent_.size();
    if (sent_.back() != '\n' && ::write(STDOUT_FILENO, "\n", 1) != 1) give_up(errno, sent_);
    sent_.clear();
    return 0;
  }

  static bool reader_catches_up() {
    pollfd out = {STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&out, 1, kPatienceMs) > 0;
  }

  [[noreturn]] void give_up(int error, std::string sent) {
    sent_ = std::move(sent);
    throw gatehouse::Error(error == EPIPE || error == EBADF ? GH_EINTERNAL : GH_ERETRY,
                           "cannot write to standard output: " + std::generic_category().message(error));
  }

  std::string sent_;  // what a failed batch has already got out
};

}  // namespace

GH_EXPORT_LOG_SINK(Stdout, "stdout", "1.0.0", "Writes one line of JSON per record to standard output")
