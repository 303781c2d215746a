#include "modules/abi/plugin_stats.h"

#include <time.h>

#include <algorithm>
#include <numeric>

#include "core/wait.h"

namespace gatehouse::modules {

namespace {

constexpr std::chrono::milliseconds kLong{1};

// Of this thread, in nanoseconds.
std::uint64_t cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

PluginStats::Figures PluginStats::figures() const {
  Figures figures;
  for (const Lane& lane : lanes_) {
    figures.calls += lane.calls.load();
    figures.errors += lane.errors.load();
    figures.uses += lane.uses.load();
    figures.failed_uses += lane.failed_uses.load();
    figures.time += std::chrono::nanoseconds(lane.time_ns.load());
    figures.cpu += std::chrono::nanoseconds(lane.cpu_ns.load());
    for (std::size_t i = 0; i < lane.verdicts.size(); ++i) figures.verdicts[i] += lane.verdicts[i].load();
    for (std::size_t i = 0; i < lane.latency.size(); ++i) figures.latency[i] += lane.latency[i].load();
  }
  return figures;
}

PluginStats::Figures PluginStats::Figures::since(const Figures& then) const {
  Figures more = *this;
  more.calls -= then.calls;
  more.errors -= then.errors;
  more.uses -= then.uses;
  more.failed_uses -= then.failed_uses;
  more.time -= then.time;
  more.cpu -= then.cpu;
  for (std::size_t i = 0; i < verdicts.size(); ++i) more.verdicts[i] -= then.verdicts[i];
  for (std::size_t i = 0; i < latency.size(); ++i) more.latency[i] -= then.latency[i];
  return more;
}

std::uint64_t PluginStats::Figures::ended() const {
  return std::accumulate(latency.begin(), latency.end(), std::uint64_t{0});
}

std::chrono::nanoseconds PluginStats::Figures::mean() const {
  const std::uint64_t n = ended();
  return n == 0 ? std::chrono::nanoseconds(0) : time / static_cast<std::int64_t>(n);
}

std::uint64_t PluginStats::Figures::longer_than(std::chrono::nanoseconds limit) const {
  std::uint64_t longer = latency.back();
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (std::chrono::microseconds(kBounds[i]) > limit) longer += latency[i];
  }
  return longer;
}

std::uint64_t PluginStats::Figures::within(double share) const {
  if (ended() == 0) return 0;
  const double wanted = share * static_cast<double>(ended());
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    below += latency[i];
    if (static_cast<double>(below) >= wanted) return kBounds[i];
  }
  return kBounds.back() * 4;
}

MeteredCall::MeteredCall(PluginStats& stats, std::chrono::nanoseconds* took, Kind kind) : stats_(stats), took_(took) {
  if (stats_.dawdles()) core::may_block();
  const std::uint64_t before = stats_.mine().calls.fetch_add(1, std::memory_order_relaxed);
  cpu_weight_ = kind == Kind::lengthy ? 1 : before % kOneIn == 0 ? kOneIn : 0;
  if (cpu_weight_ != 0) cpu_began_ = cpu_time();
  began_ = std::chrono::steady_clock::now();
}

MeteredCall::~MeteredCall() {
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began_;
  if (took_ != nullptr) *took_ += took;
  const auto ns = static_cast<std::uint64_t>(took.count());
  if (stats_.dawdles() != (took > kLong)) stats_.dawdles_.store(took > kLong, std::memory_order_relaxed);
  const auto bucket = std::lower_bound(PluginStats::kBounds.begin(), PluginStats::kBounds.end(), (ns + 999) / 1'000);
  PluginStats::Lane& lane = stats_.mine();
  PluginStats::add(lane.latency[static_cast<std::size_t>(bucket - PluginStats::kBounds.begin())], 1);
  PluginStats::add(lane.time_ns, ns);
  if (cpu_weight_ != 0) PluginStats::add(lane.cpu_ns, (cpu_time() - cpu_began_) * cpu_weight_);
}

std::shared_ptr<PluginStats> PluginStatsTable::open(PluginVersion version) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(stats_.begin(), stats_.end(), [&](const auto& stats) { return stats->version() == version; });
  if (found != stats_.end()) {
    std::rotate(found, found + 1, stats_.end());
    return stats_.back();
  }
  const auto other = std::find_if(stats_.begin(), stats_.end(),
                                  [&](const auto& stats) { return stats->version().key() == version.key(); });
  auto counters = other == stats_.end() ? std::make_shared<Counters>() : (*other)->counters_;
  if (stats_.size() >= kKept) {
    const auto unused =
        std::find_if(stats_.begin(), stats_.end(), [](const auto& stats) { return stats.use_count() == 1; });
    if (unused != stats_.end()) stats_.erase(unused);
  }
  return stats_.emplace_back(std::make_shared<PluginStats>(std::move(version), std::move(counters)));
}

std::vector<std::shared_ptr<const PluginStats>> PluginStatsTable::all() const {
  const std::lock_guard lock(mutex_);
  return {stats_.begin(), stats_.end()};
}

}  // namespace gatehouse::modules
