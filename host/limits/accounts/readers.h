// A lock for data that every request reads and that is rarely replaced. A reader takes one of several locks, by its
// thread, so that readers rarely touch the same memory; a writer takes them all.
#pragma once

#include <array>
#include <mutex>
#include <shared_mutex>

#include "core/lane.h"

namespace gatehouse::limits {

class Readers {
 public:
  std::shared_lock<std::shared_mutex> shared() const { return std::shared_lock(lanes_[core::lane()].mutex); }

  class Exclusive {
   public:
    explicit Exclusive(const Readers& readers) : readers_(readers) {
      for (const Lane& lane : readers_.lanes_) lane.mutex.lock();
    }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;
    ~Exclusive() {
      for (const Lane& lane : readers_.lanes_) lane.mutex.unlock();
    }

   private:
    const Readers& readers_;
  };
  Exclusive exclusive() const { return Exclusive(*this); }

 private:
  struct alignas(64) Lane {
    mutable std::shared_mutex mutex;
  };

  std::array<Lane, core::kLanes> lanes_;
};

}  // namespace gatehouse::limits
