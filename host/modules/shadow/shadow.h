// A second build of a policy beside the live one. It is asked the same after each exchange, on a thread of its own,
// and decides nothing. Exchanges never wait for it: those it cannot keep up with are counted and forgotten. The log
// and its report say what would have been different. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "modules/adapters/policy.h"
#include "modules/shadow/comparison.h"

namespace gatehouse::modules {

class Shadow {
 public:
  explicit Shadow(std::shared_ptr<Instance> instance);
  // Forgets the exchanges that wait. A call that does not return is left behind, with its thread and its module.
  ~Shadow();
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;

  core::StreamMode stream_mode() const { return policy_->stream_mode(); }
  bool sees_responses() const { return policy_->sees_responses(); }

  void add(Transcript transcript);

  struct Tally {
    std::uint64_t exchanges = 0;
    std::deque<std::string> latest;  // of those that differ: ids of the last few
  };
  struct Report {
    std::uint64_t compared = 0;
    std::uint64_t changed = 0;  // of them: exchanges that differ anywhere
    std::uint64_t skipped = 0;  // too long, or too many at once
    std::map<Compared, Tally> verdicts;
  };
  Report report() const;

 private:
  struct Work;  // what the thread works on; it outlives the shadow where a call does not come back
  static void run(Work& work, std::shared_ptr<PluginPolicy> policy);

  const std::shared_ptr<PluginPolicy> policy_;
  const std::shared_ptr<Work> work_;
  std::thread thread_;
};

}  // namespace gatehouse::modules
