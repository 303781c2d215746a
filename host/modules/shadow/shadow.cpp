#include "modules/shadow/shadow.h"

#include <Poco/Logger.h>

#include <chrono>
#include <utility>

#include "core/policy/policy_run.h"

namespace gatehouse::modules {

namespace {

constexpr std::size_t kMaxWaiting = 1024;     // exchanges
constexpr std::size_t kMaxBytes = 32u << 20;  // of exchanges that wait
constexpr std::size_t kLatest = 10;           // ids kept per difference
constexpr auto kFarewell = std::chrono::seconds(5);

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

void log(std::string_view policy, const Transcript& seen, const Compared& one) {
  std::string line = "shadow of policy " + std::string(policy) + ": " + seen.id + ": on the ";
  line.append(name(one.step)).append(" live ").append(core::name(one.live));
  line.append(one.live == one.shadow ? ", shadow another " : ", shadow ").append(core::name(one.shadow));
  logger().information(line);
}

}  // namespace

struct Shadow::Work {
  void count(const Transcript& seen, const std::vector<Compared>& compared);

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Transcript> waiting;
  std::size_t waiting_bytes = 0;
  bool stopping = false;
  bool ended = false;
  Report report;
};

Shadow::Shadow(std::shared_ptr<Instance> instance)
    : policy_(std::make_shared<PluginPolicy>(std::move(instance), core::OnError::allow)),
      work_(std::make_shared<Work>()),
      thread_([work = work_, policy = policy_]() mutable { run(*work, std::move(policy)); }) {}

Shadow::~Shadow() {
  std::unique_lock lock(work_->mutex);
  work_->stopping = true;
  work_->changed.notify_all();
  const bool ended = work_->changed.wait_for(lock, kFarewell, [this] { return work_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
    return;
  }
  thread_.detach();
  logger().warning("shadow of policy " + std::string(policy_->name()) +
                   " does not come back from a call; it is left behind with its module");
}

void Shadow::add(Transcript transcript) {
  {
    const std::lock_guard lock(work_->mutex);
    const bool room = work_->waiting.size() < kMaxWaiting && work_->waiting_bytes + transcript.bytes <= kMaxBytes;
    if (!transcript.whole || !room) {
      ++work_->report.skipped;
      return;
    }
    work_->waiting_bytes += transcript.bytes;
    work_->waiting.push_back(std::move(transcript));
  }
  work_->changed.notify_all();
}

Shadow::Report Shadow::report() const {
  const std::lock_guard lock(work_->mutex);
  return work_->report;
}

void Shadow::run(Work& work, std::shared_ptr<PluginPolicy> policy) {
  std::unique_lock lock(work.mutex);
  while (true) {
    work.changed.wait(lock, [&] { return work.stopping || !work.waiting.empty(); });
    if (work.stopping) break;
    const Transcript seen = std::move(work.waiting.front());
    work.waiting.pop_front();
    lock.unlock();
    const std::vector<Compared> compared = compare(*policy, seen);
    for (const Compared& one : compared) {
      if (!one.same) log(policy->name(), seen, one);
    }
    lock.lock();
    work.waiting_bytes -= seen.bytes;
    work.count(seen, compared);
  }
  policy.reset();  // so that at the end only the shadow may still hold it
  work.ended = true;
  work.changed.notify_all();
}

// REQUIRES: mutex is held.
void Shadow::Work::count(const Transcript& seen, const std::vector<Compared>& compared) {
  bool differs = false;
  for (const Compared& one : compared) {
    Tally& tally = report.verdicts[one];
    ++tally.exchanges;
    if (one.same) continue;
    differs = true;
    tally.latest.push_back(seen.id);
    if (tally.latest.size() > kLatest) tally.latest.pop_front();
  }
  ++report.compared;
  report.changed += differs;
}

}  // namespace gatehouse::modules
