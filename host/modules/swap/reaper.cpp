#include "modules/swap/reaper.h"

#include <Poco/Logger.h>

#include <algorithm>

namespace gatehouse::modules {

Reaper::Reaper() : thread_([this] { run(); }) {}

Reaper::~Reaper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::shared_ptr<const Generation> Reaper::share(std::unique_ptr<Generation> generation) {
  const auto last = [this](const Generation* unused) { end(std::unique_ptr<const Generation>(unused)); };
  std::shared_ptr<const Generation> shared(generation.release(), last);
  const std::lock_guard lock(mutex_);
  watched_.push_back({shared->number(), shared->since(), shared});
  return shared;
}

void Reaper::end(std::unique_ptr<const Generation> generation) {
  {
    const std::lock_guard lock(mutex_);
    ending_.push_back(std::move(generation));
  }
  changed_.notify_one();
}

std::vector<GenerationState> Reaper::generations(const Generation& current) const {
  std::vector<GenerationState> all;
  const std::lock_guard lock(mutex_);
  for (const Watched& watched : watched_) {
    const bool is_current = watched.number == current.number();
    // The current one is also held by the registry and by whoever asks.
    const long in_flight = watched.generation.use_count() - (is_current ? 2 : 0);
    all.push_back({watched.number, watched.since, is_current, std::max(0L, in_flight)});
  }
  return all;
}

void Reaper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !ending_.empty(); });
    if (ending_.empty()) return;
    std::unique_ptr<const Generation> generation = std::move(ending_.front());
    ending_.pop_front();
    const std::uint64_t number = generation->number();
    lock.unlock();
    generation.reset();
    Poco::Logger::get("gatehouse").debug("generation " + std::to_string(number) + " is retired");
    lock.lock();
    std::erase_if(watched_,
                  [&](const Watched& watched) { return watched.number == number && watched.generation.expired(); });
  }
}

}  // namespace gatehouse::modules
