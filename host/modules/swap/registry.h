// Holds the generation that new exchanges begin with. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "modules/swap/generation.h"

namespace gatehouse::modules {

class Registry {
 public:
  explicit Registry(std::shared_ptr<const Generation> first) : current_(std::move(first)) {}

  // A mutex and a plain shared_ptr: std::atomic<std::shared_ptr> of gcc 12 does no better, and
  // thread sanitizers don't understand it.
  std::shared_ptr<const Generation> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  // Makes new exchanges begin with `next`.
  void replace(std::shared_ptr<const Generation> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Generation> current_;
};

}  // namespace gatehouse::modules
