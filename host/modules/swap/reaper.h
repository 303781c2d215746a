// Ends generations. When the last exchange lets go of one, it is destroyed on the reaper's own thread, never on a
// thread that serves: destroying drains sinks and unloads modules. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "modules/swap/generation.h"
#include "modules/swap/reload_report.h"

namespace gatehouse::modules {

class Reaper {
 public:
  Reaper();
  // Ends every generation left. REQUIRES: all pointers from share() are gone.
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  // Makes a generation shareable by exchanges; it ends when the last of them is done.
  std::shared_ptr<const Generation> share(std::unique_ptr<Generation> generation);
  // Ends a generation that was never used.
  void end(std::unique_ptr<const Generation> generation);

  // Every generation that has not ended yet, the oldest first. `current`: the one that serves.
  std::vector<GenerationState> generations(const Generation& current) const;

 private:
  struct Watched {
    std::uint64_t number;
    std::chrono::system_clock::time_point since;
    std::weak_ptr<const Generation> generation;
  };
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<const Generation>> ending_;
  std::vector<Watched> watched_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::modules
