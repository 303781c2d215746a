#include "net/byte_stream.h"

#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace gatehouse::net {
namespace {

Step failed(Step::Kind when_busy) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {when_busy};
  return {Step::Kind::broken, 0, std::generic_category().message(errno)};
}

}  // namespace

Step ByteStream::read(std::span<char> buffer) {
  const ssize_t size = ::recv(fd(), buffer.data(), buffer.size(), 0);
  if (size < 0) return failed(Step::Kind::want_read);
  return {size == 0 ? Step::Kind::end : Step::Kind::moved, static_cast<std::size_t>(size)};
}

Step ByteStream::write(std::string_view bytes) {
  const ssize_t size = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size < 0) return failed(Step::Kind::want_write);
  return {Step::Kind::moved, static_cast<std::size_t>(size)};
}

}  // namespace gatehouse::net
