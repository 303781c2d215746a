// Host names that were looked up or are about to be, and who waits for them: all who wait for a name share one
// look-up, and what was found, or not, is remembered for a short while. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/dial/lookups.h"

namespace gatehouse::net {

class NameCache {
 public:
  using FoundPtr = std::shared_ptr<const Found>;

  // Shared by the fiber that waits and the thread that looks up: either may be the last to leave.
  class Waiter {
   public:
    Waiter();
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    int fd() const { return done_; }      // readable: the look-up is over; negative: there is none
    int error() const { return error_; }  // why there is no fd()

   private:
    friend class NameCache;
    void wake() const;

    int done_;
    int error_;
    FoundPtr found_;  // guarded by the cache's mutex_
  };
  using WaiterPtr = std::shared_ptr<Waiter>;

  struct Joined {
    FoundPtr found;         // nullptr: the waiter is told as soon as it is known
    bool is_first = false;  // nobody has asked for this name yet: take_wanted() has it
  };

  FoundPtr find(std::string_view host);  // nullptr: not known, or no longer
  Joined join(const std::string& host, const WaiterPtr& waiter);
  void leave(const std::string& host, const WaiterPtr& waiter);
  // What a waiter was told; nullptr: nothing, as there was no memory for it.
  FoundPtr told(const Waiter& waiter);

  std::vector<std::string> take_wanted();  // names to be looked up
  void tell(const std::string& host, Found found);
  // There was no memory: those who wait are told nothing, and the next ones begin anew.
  void give_up();

 private:
  using Clock = std::chrono::steady_clock;
  struct Name {
    FoundPtr found;           // nullptr: it is being looked up
    Clock::time_point until;  // `found` is good until then
    std::vector<WaiterPtr> waiters;

    bool is_known(Clock::time_point now) const { return found != nullptr && now < until; }
  };
  void make_room(Clock::time_point now);

  std::mutex mutex_;
  std::map<std::string, Name, std::less<>> names_;  // guarded by mutex_
  std::vector<std::string> wanted_;                 // guarded by mutex_
};

}  // namespace gatehouse::net
