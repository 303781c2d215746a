// Watches new versions of plugins for a while after a swap and compares each with its predecessor: how often it
// fails an exchange, how long it takes, whether its calls come back at all. A version that breaches a bound is
// taken back, without an operator. Until then the predecessor stays ready. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/settings.h"
#include "modules/swap/generation.h"

namespace gatehouse::modules {

// A version taking the place of another.
struct Replacement {
  PluginUse before;
  PluginUse after;
};

class Probation {
 public:
  using Clock = std::chrono::steady_clock;
  // Takes the plugin back; why is a sentence for the operator. Called on the probation's own thread.
  using TakeBack = std::function<void(const Replacement& replacement, const std::string& why)>;

  explicit Probation(TakeBack take_back);
  ~Probation();
  Probation(const Probation&) = delete;
  Probation& operator=(const Probation&) = delete;

  // Watches these from now on, instead of earlier ones with the same names.
  void begin(std::vector<Replacement> replacements, const config::ProbationSettings& settings);

 private:
  struct Watched {
    Replacement replacement;
    config::ProbationSettings settings;
    PluginStats::Figures predecessor;  // all it did
    PluginStats::Figures at_first;     // what this version had done before, if it was here before
    Clock::duration watched{0};        // for how long: the time while this process was stopped is none of it
    Clock::duration counted{0};        // since at_first
  };
  struct Breach {
    Watched watched;
    std::string why;
  };
  void run();
  std::vector<Breach> look(Clock::duration gone_by);
  static std::string breach(const Watched& watched);

  const TakeBack take_back_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watched> watched_;
  std::vector<Watched> released_;  // let go on the thread, as that may destroy a plugin
  Clock::duration forgiven_{0};    // guarded by mutex_: for how long what ends is not held against anybody
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::modules
