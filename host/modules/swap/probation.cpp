#include "modules/swap/probation.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gatehouse::modules {

namespace {

using namespace std::chrono_literals;

constexpr auto kGlance = 10ms;     // how often the figures are looked at
constexpr auto kNoticeable = 5ms;  // a call has to be slower by this much, too
constexpr auto kPatience = 5s;     // with a version of whose calls none has come back
constexpr auto kStopped = 1s;      // a glance that comes later shows that this process was stopped
constexpr auto kForgiven = 1s;     // how long nothing is held against a version after that
constexpr auto kBriefly = 1s;      // if the predecessor's mean call took longer, silence proves nothing

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double value) { return std::to_string(std::lround(value * 100)) + " %"; }

std::string text(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) + " us";
}

}  // namespace

Probation::Probation(TakeBack take_back) : take_back_(std::move(take_back)), thread_([this] { run(); }) {}

Probation::~Probation() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Probation::begin(std::vector<Replacement> replacements, const config::ProbationSettings& settings) {
  const std::lock_guard lock(mutex_);
  for (Replacement& replacement : replacements) {
    const auto same_name = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& watched) {
      return watched.replacement.after.report.key() == replacement.after.report.key();
    });
    if (same_name != watched_.end()) {
      released_.push_back(std::move(*same_name));
      watched_.erase(same_name);
    }
    if (settings.window.count() == 0) continue;
    const PluginStats::Figures predecessor = replacement.before.instance->stats().figures();
    const PluginStats::Figures at_first = replacement.after.instance->stats().figures();
    watched_.push_back({std::move(replacement), settings, predecessor, at_first});
  }
  changed_.notify_one();
}

void Probation::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watched_.empty() && released_.empty()) changed_.wait(lock);
    const auto before = Clock::now();
    changed_.wait_for(lock, kGlance);
    std::vector<Breach> breaches = look(Clock::now() - before);
    std::vector<Watched> released = std::exchange(released_, {});
    lock.unlock();
    for (const Breach& breach : breaches) take_back_(breach.watched.replacement, breach.why);
    breaches.clear();
    released.clear();
    lock.lock();
  }
}

// Those that breach their bounds; those that have been watched for long enough are released.
// REQUIRES: mutex_ is held.
std::vector<Probation::Breach> Probation::look(Clock::duration gone_by) {
  const auto time = std::min<Clock::duration>(gone_by, kStopped);
  forgiven_ = std::max(forgiven_ - time, Clock::duration::zero());
  // This process was stopped: what was under way then seems slow, or stuck, and is nobody's fault.
  if (gone_by > kStopped) forgiven_ = kForgiven;
  std::vector<Breach> breaches;
  std::erase_if(watched_, [&](Watched& watched) {
    watched.watched += time;
    watched.counted += time;
    if (forgiven_ > Clock::duration::zero()) {
      watched.at_first = watched.replacement.after.instance->stats().figures();
      watched.counted = {};
    }
    std::string why = breach(watched);
    if (!why.empty()) {
      breaches.push_back({std::move(watched), std::move(why)});
      return true;
    }
    if (watched.watched < watched.settings.window) return false;
    released_.push_back(std::move(watched));
    return true;
  });
  return breaches;
}

// Says which bound the new version breaches; empty: none.
std::string Probation::breach(const Watched& watched) {
  const config::ProbationSettings& settings = watched.settings;
  const PluginStats::Figures now = watched.replacement.after.instance->stats().figures().since(watched.at_first);
  const double failing = share(now.failed_uses, now.uses);
  const double before = share(watched.predecessor.failed_uses, watched.predecessor.uses);
  if (now.uses >= settings.min_exchanges && failing > before + settings.max_errors) {
    return "it failed " + std::to_string(now.failed_uses) + " of " + std::to_string(now.uses) + " exchanges (" +
           percent(failing) + "), its predecessor " + percent(before);
  }
  const std::chrono::nanoseconds usual = watched.predecessor.mean();
  if (now.ended() >= settings.min_exchanges && usual.count() != 0) {
    // Several calls must be slow: on a busy machine a single one always may be.
    const bool slow = now.longer_than(usual + kNoticeable) >= settings.min_exchanges;
    if (slow && now.mean() > usual * settings.max_slowdown + kNoticeable)
      return "a call takes " + text(now.mean()) + ", with its predecessor " + text(usual);
  }
  if (now.ended() == 0 && now.calls >= settings.min_exchanges && usual < kBriefly &&
      watched.counted > kPatience)
    return "none of " + std::to_string(now.calls) + " calls has come back";
  return {};
}

}  // namespace gatehouse::modules
