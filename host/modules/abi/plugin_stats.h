// What one version of one plugin has done: calls, verdicts, errors, time and CPU time. Counted where
// the calls are made, kept when the plugin is replaced, and found again when it returns. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/lane.h"
#include "modules/abi/counters.h"
#include "modules/abi/plugin_key.h"

namespace gatehouse::modules {

class PluginStats {
 public:
  // Upper bounds in microseconds, each four times the one before; the last bucket has none.
  static constexpr std::array<std::uint64_t, 9> kBounds{4, 16, 64, 256, 1'024, 4'096, 16'384, 65'536, 262'144};

  explicit PluginStats(PluginVersion version, std::shared_ptr<Counters> counters = std::make_shared<Counters>())
      : version_(std::move(version)), counters_(std::move(counters)) {}
  const PluginVersion& version() const { return version_; }
  Counters& counters() const { return *counters_; }  // the plugin's own, the same for all its versions

  // Its last call took so long that the next call should not share a thread with other exchanges.
  bool dawdles() const { return dawdles_.load(std::memory_order_relaxed); }

  enum class Verdict : std::uint8_t { allow, modify, deny };
  void verdict(Verdict verdict) { add(mine().verdicts[static_cast<std::size_t>(verdict)], 1); }
  void error() { add(mine().errors, 1); }
  // One exchange, or for a sink one batch, that the plugin served or failed. What a provider did wrong behind a codec
  // is no failure of the codec's.
  void use(bool failed) {
    add(mine().uses, 1);
    if (failed) add(mine().failed_uses, 1);
  }

  struct Figures {
    std::uint64_t calls = 0;
    std::array<std::uint64_t, 3> verdicts{};  // by Verdict
    std::uint64_t errors = 0;
    std::uint64_t uses = 0;
    std::uint64_t failed_uses = 0;
    std::array<std::uint64_t, kBounds.size() + 1> latency{};  // calls per bucket
    std::chrono::nanoseconds time{0};
    std::chrono::nanoseconds cpu{0};  // of short calls one in 256 is measured, and counted 256 times

    Figures since(const Figures& then) const;  // what was added since then
    std::uint64_t ended() const;               // calls that came back
    std::chrono::nanoseconds mean() const;
    std::uint64_t longer_than(std::chrono::nanoseconds limit) const;  // calls in buckets that reach beyond it
    // The bound in microseconds that this share of the calls kept to; 0 without calls. A call beyond the last bound
    // counts as four times that bound.
    std::uint64_t within(double share) const;
  };
  Figures figures() const;

 private:
  friend class PluginStatsTable;
  friend class MeteredCall;
  using Counter = std::atomic<std::uint64_t>;
  static void add(Counter& counter, std::uint64_t n) { counter.fetch_add(n, std::memory_order_relaxed); }

  // What one lane's threads have counted.
  struct alignas(64) Lane {
    Counter calls{0}, errors{0}, uses{0}, failed_uses{0}, time_ns{0}, cpu_ns{0};
    std::array<Counter, 3> verdicts{};
    std::array<Counter, kBounds.size() + 1> latency{};
  };
  Lane& mine() { return lanes_[core::lane()]; }

  const PluginVersion version_;
  const std::shared_ptr<Counters> counters_;
  std::array<Lane, core::kLanes> lanes_;
  std::atomic<bool> dawdles_{false};
};

// One call into a plugin, from construction to destruction. Asking the kernel for CPU time costs as
// much as a short call does, so of those only some are measured.
class MeteredCall {
 public:
  enum class Kind : std::uint8_t { brief, lengthy };
  explicit MeteredCall(PluginStats& stats, Kind kind = Kind::brief) : MeteredCall(stats, nullptr, kind) {}
  MeteredCall(PluginStats& stats, std::chrono::nanoseconds& took) : MeteredCall(stats, &took, Kind::brief) {}  // added
  ~MeteredCall();
  MeteredCall(const MeteredCall&) = delete;
  MeteredCall& operator=(const MeteredCall&) = delete;

 private:
  static constexpr std::uint64_t kOneIn = 256;

  MeteredCall(PluginStats& stats, std::chrono::nanoseconds* took, Kind kind);

  PluginStats& stats_;
  std::chrono::nanoseconds* took_;
  std::uint64_t cpu_weight_;  // 0: its CPU time is not measured
  std::chrono::steady_clock::time_point began_;
  std::uint64_t cpu_began_ = 0;
};

// The statistics of every plugin version, in use or not; of those no longer used the latest are kept.
class PluginStatsTable {
 public:
  // Those of this version: new ones, or what it had before.
  std::shared_ptr<PluginStats> open(PluginVersion version);
  std::vector<std::shared_ptr<const PluginStats>> all() const;

 private:
  static constexpr std::size_t kKept = 64;

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<PluginStats>> stats_;  // in the order they were last opened
};

}  // namespace gatehouse::modules
