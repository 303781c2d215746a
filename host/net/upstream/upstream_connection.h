// One connection to a provider: opened over whichever of its addresses answers, then bytes out and
// bytes in. Every wait is bounded by Deadlines and ends at once when the exchange is cancelled.
// One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"
#include "core/wait.h"
#include "net/http/url.h"
#include "net/upstream/byte_stream.h"
#include "net/upstream/deadlines.h"
#include "net/upstream/tls_stream.h"

namespace gatehouse::net {

// What came in: bytes, or the end of the connection and how it came.
struct Received {
  std::size_t size = 0;  // 0: the peer is gone
  std::string broken;    // why, when it did not close cleanly
};

class UpstreamConnection {
 public:
  // Within timeouts().connect, for name, addresses and TLS together.
  static core::Result<std::unique_ptr<UpstreamConnection>> open(const Url& url, const TlsContext& tls,
                                                                Deadlines& deadlines);

  explicit UpstreamConnection(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  // Whether an idle connection may carry another request: nothing to read, and not closed.
  bool usable() const;

  // True: all is sent. False: the peer answered or left before that, receive() knows more.
  core::Result<bool> send(std::string_view bytes, Deadlines& deadlines);

  // Waits for the next bytes. Fails only when time is up or the exchange is cancelled.
  core::Result<Received> receive(std::span<char> buffer, Deadlines& deadlines);

  // The loop whose epoll set watches this socket. Only that loop may reuse the connection.
  const core::Waiter* home() const { return home_; }

 private:
  std::unique_ptr<ByteStream> stream_;
  const core::Waiter* home_ = core::Waiter::current();
};

}  // namespace gatehouse::net
