// One connection to a provider: opened over whichever of its addresses answers, then bytes out and
// bytes in. Every wait is bounded by Deadlines and ends at once when the exchange is cancelled.
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"
#include "core/wait.h"
#include "net/http/url.h"
#include "net/upstream/byte_stream.h"
#include "net/dial/deadlines.h"
#include "net/dial/resolver.h"
#include "net/upstream/tls_stream.h"

namespace gatehouse::net {

// What receive() found: bytes, or the end of the connection and how it ended.
struct Received {
  std::size_t size = 0;  // 0: the peer is gone
  std::string broken;    // why, when it did not close cleanly
  bool closed = false;   // the peer closed its side; false after a reset
};

class UpstreamConnection {
 public:
  // Within timeouts().connect, for name, addresses and TLS together.
  static core::Result<std::unique_ptr<UpstreamConnection>> open(const Url& url, const TlsContext& tls,
                                                                Resolver& resolver, Deadlines& deadlines);

  explicit UpstreamConnection(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  // To be asked right before a connection is used again.
  IdleState idle() { return stream_->idle(); }

  // What is sent from now on is a new request.
  void begin_request() { request_at_ = stream_->written(); }
  // True: all is sent. False: the peer answered or left before that; ask receive().
  core::Result<bool> send(std::string_view bytes, Deadlines& deadlines);
  // Whether any of the request was given to the socket at all.
  bool sent_any() const { return stream_->written() != request_at_; }
  // Whether the peer's system has acknowledged any of the request. Bytes and an end that come earlier were
  // sent before the peer could read it: an acknowledgement travels with all that is sent after it.
  bool arrived() const;
  // Whether the peer has closed, behind bytes that nobody wants; those are dropped.
  bool has_ended();

  // Waits for the next bytes. Fails only when time is up or the exchange is cancelled.
  core::Result<Received> receive(std::span<char> buffer, Deadlines& deadlines);

  // The loop whose epoll set watches this socket. Only that loop may reuse the connection.
  const core::Waiter* home() const { return home_; }

 private:
  bool answers_early();

  std::unique_ptr<ByteStream> stream_;
  std::uint64_t request_at_ = 0;  // bytes written before the request
  const core::Waiter* home_ = core::Waiter::current();
};

}  // namespace gatehouse::net
