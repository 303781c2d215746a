// A connected socket, plain or with TLS, one step at a time: a step moves bytes or says what to
// wait for. One thread at a time.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::net {

struct Step {
  enum class Kind : std::uint8_t {
    moved,       // `size` bytes
    want_read,   // nothing yet: wait until the socket is readable
    want_write,  // nothing yet: wait until it is writable
    end,         // the peer has closed, cleanly
    broken,      // the connection is lost; `why` says how
  };
  Kind kind;
  std::size_t size = 0;
  std::string why = {};
};

class ByteStream {
 public:
  // How long linger() may wait: nobody notices a cancellation that much later.
  static constexpr std::chrono::milliseconds kLinger{50};

  explicit ByteStream(Poco::Net::StreamSocket socket) : socket_(std::move(socket)) {}
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  int fd() const { return socket_.impl()->sockfd(); }
  virtual Step read(std::span<char> buffer);
  // read() that waits a little where that is cheaper than to poll first: most answers are near.
  virtual Step linger(std::span<char> buffer) { return read(buffer); }
  virtual Step write(std::string_view bytes);
  // Whether read() has bytes at hand that the socket no longer announces.
  virtual bool has_buffered() const { return false; }

 protected:
  Poco::Net::StreamSocket& socket() { return socket_; }

 private:
  Poco::Net::StreamSocket socket_;
};

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(Poco::Net::StreamSocket socket);
  Step linger(std::span<char> buffer) override;
};

}  // namespace gatehouse::net
