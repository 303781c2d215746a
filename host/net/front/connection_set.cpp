#include "net/front/connection_set.h"

#include <sys/socket.h>

namespace gatehouse::net {

void ConnectionSet::add(int fd) {
  const std::lock_guard lock(mutex_);
  fds_.insert(fd);
}

void ConnectionSet::remove(int fd) {
  const std::lock_guard lock(mutex_);
  fds_.erase(fd);
  if (fds_.empty()) emptied_.notify_all();
}

std::size_t ConnectionSet::size() const {
  const std::lock_guard lock(mutex_);
  return fds_.size();
}

bool ConnectionSet::wait_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return fds_.empty(); });
}

void ConnectionSet::shut_down_all() {
  const std::lock_guard lock(mutex_);
  for (const int fd : fds_) ::shutdown(fd, SHUT_RDWR);
}

}  // namespace gatehouse::net
