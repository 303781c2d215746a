// A TCP client that sends and receives exactly what a test says. One thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::net {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  RawClient& operator=(RawClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(connected_, other.connected_);
    return *this;
  }
  ~RawClient() { hang_up(); }

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  void hang_up() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  // One recv; empty at the end, on an error, and after 20 s of silence.
  std::string receive() {
    std::string bytes(256u << 10, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    reset_ = got < 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  std::string receive_until(std::string_view mark) {
    std::string all;
    while (all.find(mark) == std::string::npos) {
      const std::string piece = receive();
      if (piece.empty()) break;
      all += piece;
    }
    return all;
  }
  std::string receive_all() {
    std::string all;
    for (std::string piece = receive(); !piece.empty(); piece = receive()) all += piece;
    return all;
  }
  bool reset() const { return reset_; }  // the last receive() ended in an error, not in an orderly end

 private:
  int fd_;
  bool connected_ = false;
  bool reset_ = false;
};

// The statuses of the answers in a stream of them.
inline std::vector<int> statuses(std::string_view answers) {
  std::vector<int> found;
  constexpr std::string_view kStart = "HTTP/1.1 ";
  for (auto at = answers.find(kStart); at != std::string_view::npos; at = answers.find(kStart, at + 1))
    if (const auto code = answers.substr(at + kStart.size(), 3); code.find_first_not_of("0123456789") == code.npos)
      found.push_back(std::stoi(std::string(code)));
  return found;
}

}  // namespace gatehouse::net
