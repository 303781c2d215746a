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

Step received(ssize_t size) {
  if (size < 0) return failed(Step::Kind::want_read);
  return {size == 0 ? Step::Kind::end : Step::Kind::moved, static_cast<std::size_t>(size)};
}

}  // namespace

Step ByteStream::read(std::span<char> buffer) {
  return received(::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT));
}

Step ByteStream::write(std::string_view bytes) {
  const ssize_t size = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size < 0) return failed(Step::Kind::want_write);
  return {Step::Kind::moved, static_cast<std::size_t>(size)};
}

PlainStream::PlainStream(Poco::Net::StreamSocket connected) : ByteStream(std::move(connected)) {
  socket().setBlocking(true);
  socket().setReceiveTimeout(Poco::Timespan(0, std::chrono::microseconds(kLinger).count()));
}

Step PlainStream::linger(std::span<char> buffer) { return received(::recv(fd(), buffer.data(), buffer.size(), 0)); }

}  // namespace gatehouse::net
