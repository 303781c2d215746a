// A server on loopback that does on its raw sockets exactly what a test's script says. The script
// runs once per connection, on a thread of its own, and is told the connection's number from 0.
#pragma once

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse::net {

class ScriptedPeer {
 public:
  explicit ScriptedPeer(int fd) : fd_(fd) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~ScriptedPeer() { close(); }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  // One request with its whole body; what came until the client closed when it is cut short.
  std::string read_request() {
    std::string text;
    while (true) {
      const std::size_t head = text.find("\r\n\r\n");
      if (head != text.npos && text.size() >= head + 4 + body_length(text)) return text;
      const std::string more = read_some();
      if (more.empty()) return text;
      text += more;
    }
  }

  // What has come, at least a byte; empty once the client has closed.
  std::string read_some() {
    char buffer[65536];
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
    return size <= 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(size));
  }

  // False once the client has closed.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  // Drops what comes until the client closes; false when it is silent for a minute instead.
  bool wait_closed() {
    if (fd_ < 0) return true;
    char buffer[65536];
    pollfd fd{fd_, POLLIN, 0};
    while (::poll(&fd, 1, 60'000) == 1) {
      if (::recv(fd_, buffer, sizeof buffer, 0) <= 0) return true;
    }
    return false;
  }

  // Returns when the client's end has all that was written.
  void deliver() {
    int left = 0;
    while (::ioctl(fd_, SIOCOUTQ, &left) == 0 && left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  // Sends no more, and returns when the client's end has heard of it.
  void end_sending() {
    ::shutdown(fd_, SHUT_WR);
    tcp_info info{};
    do {
      socklen_t size = sizeof info;
      if (::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
    } while (info.tcpi_state == TCP_FIN_WAIT1);
  }

  int fd() const { return fd_; }

  void reset() {  // closes with RST instead of FIN
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  static std::size_t body_length(const std::string& text) {
    const std::size_t at = text.find("content-length: ");
    return at == text.npos ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
  }

  int fd_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedPeer&, int)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen on loopback");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }

  int port() const { return port_; }
  int connections() const { return connections_; }
  std::string url(std::string_view host = "127.0.0.1") const {
    return "http://" + std::string(host) + ":" + std::to_string(port_) + "/v1/chat?x=1";
  }

 private:
  void accept() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const int number = connections_++;
      threads_.emplace_back([this, fd, number] {
        ScriptedPeer peer(fd);
        script_(peer, number);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> threads_;  // touched by the acceptor alone until it is joined
  std::thread acceptor_;
};

}  // namespace gatehouse::net
