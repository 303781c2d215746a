#include "net/dial/resolver.h"

#include <Poco/Net/IPAddress.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "core/wait.h"
#include "net/dial/shortage.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;
using Poco::Net::SocketAddress;

constexpr std::size_t kMostNames = 1024;  // remembered
constexpr std::chrono::seconds kShortest = 5s;  // that a name is remembered, whatever DNS says
constexpr std::chrono::seconds kLongest = 60s;
constexpr std::chrono::seconds kFailure = 2s;  // that a failure is

core::Status unresolved(const Deadlines& deadlines, std::string_view why) {
  core::Status status =
      blame(core::Code::upstream_unreachable, deadlines.peer(), "could not be found: its name did not resolve");
  status.failure().detail.append(": ").append(why).append("; check base_url and the DNS of this machine");
  return status;
}

}  // namespace

// Shared by the fiber that waits and the thread that looks up: either may be the last to leave.
class Resolver::Waiter {
 public:
  Waiter() : done_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), error_(errno) {}
  ~Waiter() {
    if (done_ >= 0) ::close(done_);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  int fd() const { return done_; }
  int error() const { return error_; }  // why there is no fd()
  void wake() const { ::eventfd_write(done_, 1); }

  FoundPtr found;  // guarded by the resolver's mutex_

 private:
  int done_;
  int error_;
};

core::Result<std::unique_ptr<Resolver>> Resolver::create(DnsOptions options) try {
  std::unique_ptr<Resolver> resolver(new Resolver(std::move(options)));
  resolver->wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (resolver->wake_ < 0) return shortage(errno);
  resolver->thread_ = std::thread([self = resolver.get()] { self->run(); });
  return resolver;
} catch (const std::system_error& error) {
  return core::Status(core::Code::internal, std::string("No thread to look names up: ") + error.what());
}

Resolver::~Resolver() {
  stopping_ = true;
  if (thread_.joinable()) {
    ::eventfd_write(wake_, 1);
    thread_.join();
  }
  if (wake_ >= 0) ::close(wake_);
}

core::Result<std::vector<SocketAddress>> Resolver::resolve(const Url& url, Deadlines& deadlines) {
  Poco::Net::IPAddress literal;
  if (Poco::Net::IPAddress::tryParse(std::string(url.host), literal)) return std::vector{SocketAddress(literal, url.port)};
  FoundPtr found = remembered(url.host);
  if (found == nullptr) {
    core::Result<FoundPtr> looked_up = look_up(url, deadlines);
    if (!looked_up.ok()) return looked_up.status();
    found = *std::move(looked_up);
  }
  if (found->shortage != 0) return shortage(found->shortage);
  if (found->addresses.empty()) return unresolved(deadlines, found->why_not);
  std::vector<SocketAddress> addresses;
  for (const Poco::Net::IPAddress& address : found->addresses) addresses.emplace_back(address, url.port);
  return addresses;
}

core::Result<Resolver::FoundPtr> Resolver::look_up(const Url& url, Deadlines& deadlines) {
  const std::string host(url.host);
  const auto waiter = std::make_shared<Waiter>();
  if (waiter->fd() < 0) return shortage(waiter->error());
  core::watch(waiter->fd());
  if (FoundPtr found = join(host, waiter)) return found;
  const auto woken = deadlines.wait(waiter->fd(), POLLIN);
  if (!woken.ok()) {
    leave(host, waiter);
    return woken.status();
  }
  const std::lock_guard lock(mutex_);
  if (waiter->found == nullptr) return shortage(ENOMEM);
  return waiter->found;
}

Resolver::FoundPtr Resolver::remembered(std::string_view host) {
  const auto now = core::coarse_now();
  const std::lock_guard lock(mutex_);
  const auto name = names_.find(host);
  return name != names_.end() && now < name->second.until ? name->second.found : nullptr;
}

// What is known by now; else the waiter is told as soon as it is.
Resolver::FoundPtr Resolver::join(const std::string& host, const WaiterPtr& waiter) {
  const auto now = core::coarse_now();
  const std::lock_guard lock(mutex_);
  auto name = names_.find(host);
  if (name != names_.end() && name->second.found != nullptr && now < name->second.until) return name->second.found;
  if (name == names_.end() || name->second.found != nullptr) {
    make_room(now);
    name = names_.insert_or_assign(host, Name{nullptr, Clock::time_point::max(), {}}).first;
    wanted_.push_back(host);
    ::eventfd_write(wake_, 1);
  }
  name->second.waiters.push_back(waiter);
  return nullptr;
}

void Resolver::leave(const std::string& host, const WaiterPtr& waiter) {
  const std::lock_guard lock(mutex_);
  if (const auto name = names_.find(host); name != names_.end()) std::erase(name->second.waiters, waiter);
}

// Forgets what is no longer good, and the oldest where that is not enough. Names being looked up stay.
void Resolver::make_room(Clock::time_point now) {
  if (names_.size() < kMostNames) return;
  std::erase_if(names_, [&](const auto& entry) { return entry.second.found != nullptr && now >= entry.second.until; });
  if (names_.size() < kMostNames) return;
  const auto first = std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
    return a.second.until < b.second.until;
  });
  if (first->second.found != nullptr) names_.erase(first);
}

// ---- the thread ------------------------------------------------------------------------------

void Resolver::run() {
  std::unique_ptr<Lookups> lookups;
  while (!stopping_) {
    try {
      turn(lookups);
    } catch (const std::bad_alloc&) {
      lookups.reset();
      give_up();
    }
  }
}

void Resolver::turn(std::unique_ptr<Lookups>& lookups) {
  if (lookups == nullptr) {
    pollfd wake{wake_, POLLIN, 0};
    ::poll(&wake, 1, -1);
  } else {
    lookups->step(wake_);
  }
  eventfd_t ignored;
  ::eventfd_read(wake_, &ignored);
  for (const std::string& host : take_wanted()) {
    if (lookups == nullptr)
      lookups = std::make_unique<Lookups>(options_, [this](const auto& name, Found found) { tell(name, std::move(found)); });
    lookups->begin(host);
  }
  // The next ones are to see what resolv.conf says by then.
  if (lookups != nullptr && lookups->under_way() == 0) lookups.reset();
}

std::vector<std::string> Resolver::take_wanted() {
  const std::lock_guard lock(mutex_);
  return std::exchange(wanted_, {});
}

void Resolver::tell(const std::string& host, Found found) {
  const auto now = core::coarse_now();
  const bool good = !found.addresses.empty();
  const auto lasts = good ? std::clamp(found.lifetime, kShortest, kLongest) : kFailure;
  const auto shared = std::make_shared<const Found>(std::move(found));
  const std::lock_guard lock(mutex_);
  Name& name = names_[host];
  name.found = shared;
  name.until = shared->shortage != 0 ? now : now + lasts;
  for (const WaiterPtr& waiter : std::exchange(name.waiters, {})) {
    waiter->found = shared;
    waiter->wake();
  }
}

// There was no memory: those who wait are told nothing, and the next ones begin anew.
void Resolver::give_up() {
  const std::lock_guard lock(mutex_);
  wanted_.clear();
  std::erase_if(names_, [](const auto& entry) {
    for (const WaiterPtr& waiter : entry.second.waiters) waiter->wake();
    return entry.second.found == nullptr;
  });
}

}  // namespace gatehouse::net
