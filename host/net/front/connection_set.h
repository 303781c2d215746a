// The connections that may still get an answer. The drain counts them, waits until they are gone, and cuts off
// what is left. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <unordered_set>

namespace gatehouse::net {

class ConnectionSet {
 public:
  void add(int fd);
  void remove(int fd);  // before fd is closed; a no-op for one that isn't in the set
  std::size_t size() const;
  bool wait_empty(std::chrono::steady_clock::time_point deadline);
  void shut_down_all();  // reads and writes on them fail from now on

 private:
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::unordered_set<int> fds_;
};

}  // namespace gatehouse::net
