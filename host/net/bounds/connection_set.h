// The connections that may still get an answer, and how many there may be: in all, and from one address. Where no more
// fit, those that have been idle for longest leave. The drain waits until all are gone, and cuts off what is left.
// Thread-safe; a Guest's begin() and rest() are its connection's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::net {

// What the set knows of a connection, which owns it.
class Guest {
 public:
  using Clock = std::chrono::steady_clock;

  // address: whom it is counted for, as bytes; empty: for nobody.
  Guest(int fd, std::string address, Clock::time_point now) : fd_(fd), address_(std::move(address)) { rest(now); }

  // There is something to do. False: it was told to leave, and nothing may be begun.
  bool begin() { return idle_since_.exchange(kBusy) != kLeaving; }
  // Since then it has been waiting for the rest of a request's head.
  void rest(Clock::time_point since) { idle_since_ = since.time_since_epoch().count(); }

 private:
  friend class ConnectionSet;
  static constexpr std::int64_t kBusy = -1;
  static constexpr std::int64_t kLeaving = -2;
  enum class Place : std::uint8_t { outside, inside, lingering, leaving };

  const int fd_;
  const std::string address_;
  std::atomic<std::int64_t> idle_since_{kBusy};
  Place place_ = Place::outside;  // guarded by the set's mutex
};

class ConnectionSet {
 public:
  // 0: any number from one address.
  void limit(std::size_t most, std::size_t most_per_address);

  // Makes room if need be. False: there is none.
  bool add(Guest& guest);
  // It has its answer, and only waits for its client to close. Where too many do, the first of them closes now. False:
  // too many are still closing, and this one must close now.
  bool linger(Guest& guest);
  void remove(Guest& guest);  // before its descriptor is closed; a no-op for one that isn't in the set
  // Has the longest idle leave: one of 16, one at least. False: nobody is idle.
  bool shed();

  std::size_t size() const;
  std::uint64_t sheds() const { return sheds_; }  // connections that had to leave, ever
  bool wait_empty(std::chrono::steady_clock::time_point deadline);
  void shut_down_all();  // reads and writes on them fail from now on

 private:
  bool shed(const std::string* address);
  bool is_crowded(const std::string& address) const;
  void end_first_linger();
  void take_out(Guest& guest);

  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t most_ = SIZE_MAX;
  std::size_t most_per_address_ = 0;
  std::unordered_map<int, Guest*> guests_;                   // by descriptor
  std::unordered_map<std::string, std::size_t> by_address_;  // how many of them
  std::vector<Guest*> lingering_;                            // in the order in which they came
  std::size_t leaving_ = 0;                                  // of those that lingered
  Guest::Clock::time_point look_again_{}, look_again_at_address_{};
  std::atomic<std::uint64_t> sheds_{0};
};

}  // namespace gatehouse::net
