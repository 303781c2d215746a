#include "net/upstream/upstream_connection.h"

#include <Poco/Exception.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include "net/dial/shortage.h"

namespace gatehouse::net {
namespace {

using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

// 0 when this address has answered by `until`, else the errno that says why it has not.
core::Result<int> connect_to(const SocketAddress& address, StreamSocket& socket, Deadlines& deadlines,
                             Deadlines::Clock::time_point until) try {
  socket.connectNB(address);
  core::watch(socket.impl()->sockfd());
  GH_ASSIGN(const short woken, deadlines.wait(socket.impl()->sockfd(), POLLOUT, until));
  const int error = woken == 0 ? ETIMEDOUT : socket.impl()->socketError();
  if (error == 0) socket.setNoDelay(true);
  return error;
} catch (const Poco::Exception& error) {
  return error.code() != 0 ? error.code() : EHOSTUNREACH;
}

// Each address gets its share of the time that is left, so that a silent one does not eat it all.
core::Result<StreamSocket> connect(const std::vector<SocketAddress>& addresses, Deadlines& deadlines) {
  int error = 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = Deadlines::Clock::now();
    const auto share = (deadlines.phase_end() - now) / static_cast<long>(addresses.size() - i);
    StreamSocket socket;
    GH_ASSIGN(error, connect_to(addresses[i], socket, deadlines, now + share));
    if (error == 0) return socket;
    if (is_shortage(error)) return shortage(error);
  }
  if (Deadlines::Clock::now() >= deadlines.phase_end()) return deadlines.time_is_up();
  return blame(core::Code::upstream_unreachable, deadlines.peer(),
               "could not be reached: " + std::generic_category().message(error));
}

}  // namespace

core::Result<std::unique_ptr<UpstreamConnection>> UpstreamConnection::open(const Url& url, const TlsContext& tls,
                                                                           Resolver& resolver, Deadlines& deadlines) {
  deadlines.begin("could not be reached", deadlines.timeouts().connect);
  GH_ASSIGN(const auto addresses, resolver.resolve(url, deadlines));
  GH_ASSIGN(StreamSocket socket, connect(addresses, deadlines));
  if (!url.tls) return std::make_unique<UpstreamConnection>(std::make_unique<ByteStream>(socket));
  GH_ASSIGN(auto stream, TlsStream::open(socket, tls, std::string(url.host), deadlines));
  return std::make_unique<UpstreamConnection>(std::move(stream));
}

bool UpstreamConnection::arrived() const {
  int unacknowledged = 0;
  if (::ioctl(stream_->fd(), SIOCOUTQ, &unacknowledged) != 0) return true;
  return static_cast<std::uint64_t>(unacknowledged) < stream_->written() - request_at_;
}

bool UpstreamConnection::has_ended() {
  constexpr int kMost = 64;  // of the buffer's size
  std::array<char, 4096> unwanted;
  for (int i = 0; i < kMost; ++i) {
    const Step step = stream_->read(unwanted);
    if (step.kind != Step::Kind::moved) return step.closed;
  }
  return false;
}

// Bytes or an end are there to be read while the request is being sent.
bool UpstreamConnection::answers_early() {
  pollfd fd{stream_->fd(), POLLIN | POLLRDHUP, 0};
  return stream_->has_buffered() || ::poll(&fd, 1, 0) != 0;
}

core::Result<bool> UpstreamConnection::send(std::string_view bytes, Deadlines& deadlines) {
  deadlines.begin("took no more of the request", deadlines.timeouts().between_chunks);
  while (true) {
    const Step step = stream_->write(bytes);
    if (step.kind == Step::Kind::end || step.kind == Step::Kind::broken) return false;
    if (step.kind == Step::Kind::moved) {
      bytes.remove_prefix(step.size);
      if (bytes.empty()) return true;
      deadlines.begin("took no more of the request", deadlines.timeouts().between_chunks);
      continue;
    }
    const short direction = step.kind == Step::Kind::want_read ? POLLIN : POLLOUT;
    GH_ASSIGN(const short woken, deadlines.wait(stream_->fd(), direction | POLLIN));
    if ((woken & direction) != 0) continue;
    if (answers_early()) return false;
    core::mark_drained(stream_->fd(), POLLIN);  // a stale readiness event: forget it
  }
}

core::Result<Received> UpstreamConnection::receive(std::span<char> buffer, Deadlines& deadlines) {
  Step step{Step::Kind::want_read};
  if (stream_->has_buffered()) step = stream_->read(buffer);
  while (true) {
    if (step.kind == Step::Kind::moved) return Received{step.size, {}};
    if (step.kind == Step::Kind::end) return Received{0, {}, true};
    if (step.kind == Step::Kind::broken) return Received{0, std::move(step.why), step.closed};
    GH_TRY(deadlines.wait(stream_->fd(), step.kind == Step::Kind::want_write ? POLLOUT : POLLIN).status());
    step = stream_->read(buffer);
  }
}

}  // namespace gatehouse::net
