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
  bool closed = false;  // the peer has closed its side of the connection, cleanly or not; false after a reset
};

// What lies on a connection on which nobody waits for anything.
enum class IdleState : std::uint8_t {
  quiet,   // nothing, as it should be
  closed,  // its end
  stray,   // bytes that nobody asked for
};

class ByteStream {
 public:
  explicit ByteStream(const Poco::Net::StreamSocket& socket) : socket_(socket) {}
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  int fd() const { return socket_.impl()->sockfd(); }
  virtual Step read(std::span<char> buffer);
  virtual Step write(std::string_view bytes);
  // Whether read() has bytes at hand that the socket no longer announces.
  virtual bool has_buffered() const { return false; }
  // Looks at the socket itself: what came since the last read may not have been announced yet.
  virtual IdleState idle();
  // How many bytes the socket has been given in all.
  virtual std::uint64_t written() const { return written_; }

 protected:
  IdleState socket_idle() const;

 private:
  Poco::Net::StreamSocket socket_;
  std::uint64_t written_ = 0;
};

}  // namespace gatehouse::net
