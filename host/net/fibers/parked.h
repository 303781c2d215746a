// The jobs of one loop that wait for bytes, by their descriptors. One thread at a time;
// size() any thread.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "net/fibers/job.h"

namespace gatehouse::net {

class Parked {
 public:
  void put(std::unique_ptr<Job> job) {
    const auto index = static_cast<std::size_t>(job->fd());
    if (index >= jobs_.size()) jobs_.resize(index + 1);
    jobs_[index] = std::move(job);
    ++size_;
  }

  // nullptr: it is not here.
  std::unique_ptr<Job> take(int fd) {
    const auto index = static_cast<std::size_t>(fd);
    if (index >= jobs_.size() || jobs_[index] == nullptr) return nullptr;
    --size_;
    return std::move(jobs_[index]);
  }

  // Takes each job that is `meant` and gives it to `then`, which may put it back.
  template <class Meant, class Then>
  void take_if(Meant meant, Then then) {
    for (std::size_t i = 0; size_ > 0 && i < jobs_.size(); ++i)
      if (jobs_[i] != nullptr && meant(*jobs_[i])) then(take(static_cast<int>(i)));
  }

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  std::vector<std::unique_ptr<Job>> jobs_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace gatehouse::net
