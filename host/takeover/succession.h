// How one gateway replaces another on the same data_dir without refusing a caller. START HERE.
//
// The new one asks over a socket in data_dir. The old one stops accepting, writes its balances down, and sends its
// listening sockets and the lock of data_dir. The new one reads the balances and says that it is ready; the old one
// says go, drains, and sends the new one each connection that has nothing under way. Until it has said go, the old one
// serves on whatever becomes of the new one. Sockets that come from a service manager (LISTEN_FDS) are used in the
// same way. enter() and serve() belong to the thread that starts the gateway; the rest is thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/descriptor.h"
#include "core/status.h"
#include "net/front/server.h"
#include "store/bookkeeper.h"
#include "store/database/data_dir.h"
#include "takeover/channel.h"

namespace gatehouse::takeover {

class Succession : private net::Heir {
 public:
  // What a succession is about; all of it outlives it.
  struct House {
    const std::string& data_dir;
    net::Server& callers;
    net::Server& operators;
    store::Bookkeeper& books;
    std::function<void()> leave;  // is called once another gateway has taken over: to drain
  };

  explicit Succession(House house) : house_(std::move(house)) {}
  Succession(const Succession&) = delete;
  Succession& operator=(const Succession&) = delete;
  ~Succession() override { end(); }

  enum class Way : std::uint8_t { alone, take_over };
  // Takes data_dir's lock; to take over, from the gateway that has it, if there is one. config: it is another's.
  core::Status enter(Way way);
  store::Bookkeeper::Predecessor predecessor() const {
    return from_ ? store::Bookkeeper::Predecessor::running : store::Bookkeeper::Predecessor::none;
  }
  // The listening sockets that were handed to this process.
  std::vector<core::Descriptor>& listeners() { return listeners_; }
  // All that may fail is done: asks the old gateway to go. Fails when it has lost patience and serves on.
  core::Status agree();
  // From now on connections and take-overs are received. REQUIRES: the servers serve.
  core::Status serve();

  bool is_over() const { return over_; }  // another gateway has taken over from this one
  void end();                             // no take-over any more; REQUIRES: the books are still kept

 private:
  void wait_for_successors();
  void turn_away();
  bool meet(const Channel& channel);
  core::Result<std::vector<int>> hand_over();
  void take_back();
  void go_over(Channel channel);
  bool inherit(int connection) override;
  void follow_predecessor();

  House house_;
  store::DataDirLock lock_;
  std::vector<core::Descriptor> listeners_;
  std::optional<Channel> from_;  // the gateway before this one
  core::Descriptor door_;        // where the next one knocks
  core::Descriptor end_;         // an eventfd: end() was called
  std::optional<Channel> to_;    // the gateway after this one
  std::atomic<bool> over_{false};
  std::thread following_, waiting_;
};

}  // namespace gatehouse::takeover
