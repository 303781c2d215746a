#include "net/front/passed_listener.h"

#include <Poco/Net/SocketAddress.h>
#include <sys/socket.h>

namespace gatehouse::net {

bool listens_at(int fd, const std::string& host, std::uint16_t port) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) return false;
  sockaddr_storage bound{};
  auto* const address = reinterpret_cast<sockaddr*>(&bound);
  size = sizeof bound;
  if (::getsockname(fd, address, &size) != 0) return false;
  if (bound.ss_family != AF_INET && bound.ss_family != AF_INET6) return false;
  const Poco::Net::SocketAddress is(address, size), wanted(host, port);
  return is.host() == wanted.host() && (port == 0 || is.port() == port);
}

}  // namespace gatehouse::net
