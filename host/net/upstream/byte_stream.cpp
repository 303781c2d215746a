#include "net/upstream/byte_stream.h"

#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "core/wait.h"

namespace gatehouse::net {
namespace {

Step failed(Step::Kind when_busy) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {when_busy};
  return {Step::Kind::broken, 0, std::generic_category().message(errno)};
}

Step received(ssize_t size) {
  if (size < 0) return failed(Step::Kind::want_read);
  if (size == 0) return {.kind = Step::Kind::end, .closed = true};
  return {Step::Kind::moved, static_cast<std::size_t>(size)};
}

}  // namespace

Step ByteStream::read(std::span<char> buffer) {
  const ssize_t size = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  const Step step = received(size);
  // What came short of the buffer was all there was.
  if (size != 0 && size < static_cast<ssize_t>(buffer.size())) core::mark_drained(fd(), POLLIN);
  return step;
}

Step ByteStream::write(std::string_view bytes) {
  const ssize_t size = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size >= 0) {
    written_ += static_cast<std::uint64_t>(size);
    return {Step::Kind::moved, static_cast<std::size_t>(size)};
  }
  Step step = failed(Step::Kind::want_write);
  core::mark_drained(fd(), POLLOUT);
  return step;
}

IdleState ByteStream::idle() { return socket_idle(); }

IdleState ByteStream::socket_idle() const {
  char byte;
  const ssize_t size = ::recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (size > 0) return IdleState::stray;
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? IdleState::quiet : IdleState::closed;
}

}  // namespace gatehouse::net
