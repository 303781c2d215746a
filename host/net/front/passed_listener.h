// A listening socket that another process has opened, as Poco's. For one thread.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>

#include <cstdint>
#include <string>

#include "core/descriptor.h"

namespace gatehouse::net {

// Whether it listens at that address. Port 0: whichever port it has. Throws Poco::Exception where the host is unknown.
bool listens_at(int fd, const std::string& host, std::uint16_t port);

class PassedListener : public Poco::Net::ServerSocket {
 public:
  explicit PassedListener(core::Descriptor socket) : ServerSocket(new Impl(socket.release()), true) {}

 private:
  struct Impl : Poco::Net::ServerSocketImpl {
    explicit Impl(int fd) { reset(fd); }
  };
};

}  // namespace gatehouse::net
