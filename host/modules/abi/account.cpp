#include "modules/abi/account.h"

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

Account::Figures Account::figures() const {
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

Account::Figures Account::Figures::since(const Figures& then) const {
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

std::uint64_t Account::Figures::ended() const {
  return std::accumulate(latency.begin(), latency.end(), std::uint64_t{0});
}

std::chrono::nanoseconds Account::Figures::mean() const {
  const std::uint64_t n = ended();
  return n == 0 ? std::chrono::nanoseconds(0) : time / static_cast<std::int64_t>(n);
}

std::uint64_t Account::Figures::longer_than(std::chrono::nanoseconds limit) const {
  std::uint64_t longer = latency.back();
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (std::chrono::microseconds(kBounds[i]) > limit) longer += latency[i];
  }
  return longer;
}

std::uint64_t Account::Figures::within(double share) const {
  if (ended() == 0) return 0;
  const double wanted = share * static_cast<double>(ended());
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    below += latency[i];
    if (static_cast<double>(below) >= wanted) return kBounds[i];
  }
  return kBounds.back() * 4;
}

MeteredCall::MeteredCall(Account& account, std::chrono::nanoseconds* took, Kind kind) : account_(account), took_(took) {
  if (account_.dawdles()) core::may_block();
  const std::uint64_t before = account_.mine().calls.fetch_add(1, std::memory_order_relaxed);
  cpu_weight_ = kind == Kind::lengthy ? 1 : before % kOneIn == 0 ? kOneIn : 0;
  if (cpu_weight_ != 0) cpu_began_ = cpu_time();
  began_ = std::chrono::steady_clock::now();
}

MeteredCall::~MeteredCall() {
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began_;
  if (took_ != nullptr) *took_ += took;
  const auto ns = static_cast<std::uint64_t>(took.count());
  if (account_.dawdles() != (took > kLong)) account_.dawdles_.store(took > kLong, std::memory_order_relaxed);
  const auto bucket = std::lower_bound(Account::kBounds.begin(), Account::kBounds.end(), (ns + 999) / 1'000);
  Account::Lane& lane = account_.mine();
  Account::add(lane.latency[static_cast<std::size_t>(bucket - Account::kBounds.begin())], 1);
  Account::add(lane.time_ns, ns);
  if (cpu_weight_ != 0) Account::add(lane.cpu_ns, (cpu_time() - cpu_began_) * cpu_weight_);
}

std::shared_ptr<Account> Accounts::open(PluginVersion version) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(accounts_.begin(), accounts_.end(),
                                  [&](const auto& account) { return account->version() == version; });
  if (found != accounts_.end()) {
    std::rotate(found, found + 1, accounts_.end());
    return accounts_.back();
  }
  const auto other = std::find_if(accounts_.begin(), accounts_.end(), [&](const auto& account) {
    return account->version().kind == version.kind && account->version().name == version.name;
  });
  auto counters = other == accounts_.end() ? std::make_shared<Counters>() : (*other)->counters_;
  if (accounts_.size() >= kKept) {
    const auto unused =
        std::find_if(accounts_.begin(), accounts_.end(), [](const auto& account) { return account.use_count() == 1; });
    if (unused != accounts_.end()) accounts_.erase(unused);
  }
  return accounts_.emplace_back(std::make_shared<Account>(std::move(version), std::move(counters)));
}

std::vector<std::shared_ptr<const Account>> Accounts::all() const {
  const std::lock_guard lock(mutex_);
  return {accounts_.begin(), accounts_.end()};
}

}  // namespace gatehouse::modules
