#include "net/dial/resolver.h"

#include <Poco/Net/IPAddress.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "core/wait.h"
#include "net/dial/shortage.h"

namespace gatehouse::net {
namespace {

using Poco::Net::SocketAddress;

core::Status unresolved(const Deadlines& deadlines, std::string_view why) {
  core::Status status =
      blame(core::Code::upstream_unreachable, deadlines.peer(), "could not be found: its name did not resolve");
  status.failure().detail.append(": ").append(why).append("; check base_url and the DNS of this machine");
  return status;
}

}  // namespace

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
  NameCache::FoundPtr found = names_.find(url.host);
  if (found == nullptr) {
    core::Result<NameCache::FoundPtr> looked_up = look_up(url, deadlines);
    if (!looked_up.ok()) return looked_up.status();
    found = *std::move(looked_up);
  }
  if (found->shortage != 0) return shortage(found->shortage);
  if (found->addresses.empty()) return unresolved(deadlines, found->why_not);
  std::vector<SocketAddress> addresses;
  for (const Poco::Net::IPAddress& address : found->addresses) addresses.emplace_back(address, url.port);
  return addresses;
}

core::Result<NameCache::FoundPtr> Resolver::look_up(const Url& url, Deadlines& deadlines) {
  const std::string host(url.host);
  const auto waiter = std::make_shared<NameCache::Waiter>();
  if (waiter->fd() < 0) return shortage(waiter->error());
  core::watch(waiter->fd());
  const NameCache::Joined joined = names_.join(host, waiter);
  if (joined.found != nullptr) return joined.found;
  if (joined.is_first) ::eventfd_write(wake_, 1);
  const auto woken = deadlines.wait(waiter->fd(), POLLIN);
  if (!woken.ok()) {
    names_.leave(host, waiter);
    return woken.status();
  }
  if (NameCache::FoundPtr found = names_.told(*waiter)) return found;
  return shortage(ENOMEM);
}

// ---- the thread ------------------------------------------------------------------------------

void Resolver::run() {
  std::unique_ptr<Lookups> lookups;
  while (!stopping_) {
    try {
      turn(lookups);
    } catch (const std::bad_alloc&) {
      lookups.reset();
      names_.give_up();
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
  for (const std::string& host : names_.take_wanted()) {
    if (lookups == nullptr)
      lookups = std::make_unique<Lookups>(
          options_, [this](const std::string& name, Found found) { names_.tell(name, std::move(found)); });
    lookups->begin(host);
  }
  // The next ones are to see what resolv.conf says by then.
  if (lookups != nullptr && lookups->under_way() == 0) lookups.reset();
}

}  // namespace gatehouse::net
