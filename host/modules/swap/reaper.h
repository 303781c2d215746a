// Ends generations: when the last exchange lets go of one, it is destroyed here, on a thread of its
// own, and never on a thread that serves. Destroying drains sinks and unloads modules. Thread-safe.
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
  // Ends what it was given. REQUIRES: nobody holds a generation of share() any more.
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  // To be shared by exchanges; ended when the last of them is done.
  std::shared_ptr<const Generation> share(std::unique_ptr<Generation> generation);
  // To be ended now, as nobody ever used it.
  void end(std::unique_ptr<const Generation> generation);

  // Every generation that is not ended yet, the oldest first. `current` is the one being served.
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
