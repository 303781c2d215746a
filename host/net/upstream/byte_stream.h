// A connected socket, plain or with TLS, one step at a time: a step moves bytes or says what to
// wait for. One thread at a time.
#pragma once

#include <Poco/Net/StreamSocket.h>

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
  explicit ByteStream(Poco::Net::StreamSocket socket) : socket_(std::move(socket)) {}
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  int fd() const { return socket_.impl()->sockfd(); }
  virtual Step read(std::span<char> buffer);
  virtual Step write(std::string_view bytes);
  // Whether read() has bytes at hand that the socket no longer announces.
  virtual bool has_buffered() const { return false; }

 private:
  Poco::Net::StreamSocket socket_;
};

}  // namespace gatehouse::net
