#include "net/dial/lookups.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <utility>

#include "net/dial/shortage.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kMostAddresses = 16;  // of one name

Found addresses_of(const ares_addrinfo& result) {
  Found found;
  int lifetime = result.nodes == nullptr ? 0 : result.nodes->ai_ttl;
  for (const ares_addrinfo_node* node = result.nodes; node != nullptr; node = node->ai_next) {
    lifetime = std::min(lifetime, node->ai_ttl);
    if (found.addresses.size() == kMostAddresses) continue;
    if (node->ai_family == AF_INET)
      found.addresses.emplace_back(&reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr, sizeof(in_addr));
    else if (node->ai_family == AF_INET6)
      found.addresses.emplace_back(&reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr, sizeof(in6_addr));
  }
  found.lifetime = std::chrono::seconds(lifetime);
  if (found.addresses.empty()) found.why_not = "it has no address";
  return found;
}

// c-ares does not tell why it had no socket: asking for one does.
int lacking(int status) {
  if (status == ARES_ENOMEM) return ENOMEM;
  const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return is_shortage(errno) ? errno : 0;
  ::close(probe);
  return 0;
}

Found failed(int status) {
  Found found;
  found.why_not = ares_strerror(status);
  if (status != ARES_ENOTFOUND && status != ARES_ENODATA) found.shortage = lacking(status);
  return found;
}

}  // namespace

struct Lookups::Query {
  Lookups& lookups;
  std::string host;
};

Lookups::Lookups(const DnsOptions& options, Done done) : done_(std::move(done)) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options choice{};
  choice.timeout = static_cast<int>(options.query_timeout.count());
  choice.tries = options.tries;
  status_ = library != ARES_SUCCESS ? library
                                    : ares_init_options(&channel_, &choice, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
  if (status_ == ARES_SUCCESS && !options.servers.empty())
    status_ = ares_set_servers_ports_csv(channel_, options.servers.c_str());
}

Lookups::~Lookups() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void Lookups::begin(const std::string& host) {
  if (status_ != ARES_SUCCESS) return done_(host, failed(status_));
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  auto query = std::make_unique<Query>(Query{*this, host});
  ++under_way_;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, ended, query.release());
  if (out_of_memory_) throw std::bad_alloc();
}

// Nothing may be thrown through c-ares.
void Lookups::ended(void* raw, int status, int, ares_addrinfo* raw_result) {
  const std::unique_ptr<Query> query(static_cast<Query*>(raw));
  const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> result(raw_result, ares_freeaddrinfo);
  --query->lookups.under_way_;
  try {
    query->lookups.done_(query->host, result != nullptr ? addresses_of(*result) : failed(status));
  } catch (const std::bad_alloc&) {
    query->lookups.out_of_memory_ = true;
  }
}

void Lookups::step(int wake) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  std::array<pollfd, ARES_GETSOCK_MAXNUM + 1> fds;
  fds[0] = {wake, POLLIN, 0};
  nfds_t count = 1;
  const int wanted = under_way_ == 0 ? 0 : ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM);
  for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const bool reads = ARES_GETSOCK_READABLE(static_cast<unsigned>(wanted), i) != 0;
    const bool writes = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(wanted), i) != 0;
    if (!reads && !writes) break;
    fds[count++] = {sockets[i], static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0};
  }
  timeval longest{1, 0};
  timeval left{};
  const timeval* wait = under_way_ == 0 ? nullptr : ares_timeout(channel_, &longest, &left);
  ::poll(fds.data(), count, wait == nullptr ? -1 : static_cast<int>(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1));
  if (under_way_ != 0) go_on(std::span(fds).subspan(1, count - 1));
}

void Lookups::go_on(std::span<const pollfd> fds) {
  for (const pollfd& fd : fds) {
    const bool readable = (fd.revents & ~POLLOUT) != 0;
    const bool writable = (fd.revents & POLLOUT) != 0;
    if (readable || writable)
      ares_process_fd(channel_, readable ? fd.fd : ARES_SOCKET_BAD, writable ? fd.fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what is late
  if (out_of_memory_) throw std::bad_alloc();
}

}  // namespace gatehouse::net
