// A DNS server on loopback: it knows the addresses it is given, says of other names that they do not exist, and can
// keep silent. Counts what it is asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace gatehouse::net {

class NameServer {
 public:
  NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, name, size) != 0 || ::getsockname(socket_, name, &size) != 0)
      throw std::runtime_error("cannot bind on loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    stopping_ = true;
    thread_.join();
    ::close(socket_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void knows(const std::string& name, const std::string& ip, std::uint32_t lifetime) {
    const std::lock_guard lock(mutex_);
    known_[name] = {inet_addr(ip.c_str()), lifetime};
  }
  int asked() const { return asked_; }  // for addresses of version 4
  std::atomic<bool> silent{false};

 private:
  struct Known {
    in_addr_t ip;
    std::uint32_t lifetime;
  };

  void serve() {
    char query[512];
    pollfd readable{socket_, POLLIN, 0};
    while (!stopping_) {
      if (::poll(&readable, 1, 20) != 1) continue;
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(socket_, query, sizeof query, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      const std::string answer = answer_to({query, static_cast<std::size_t>(got)});
      if (!silent) ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  // RFC 1035 §4: a header of 12 bytes, then one question: labels, type, class.
  std::string answer_to(const std::string& query) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != 0) {
      const auto length = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
      at += 1 + length;
    }
    const std::string question = query.substr(12, at + 5 - 12);
    const bool version_4 = query.substr(at + 1, 2) == std::string("\0\1", 2);
    if (version_4) ++asked_;
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(name);
    const bool has_one = known != known_.end() && version_4;
    std::string answer = query.substr(0, 2) + '\x81' + (known == known_.end() ? '\x83' : '\x80');
    answer += std::string("\0\1\0", 3) + (has_one ? '\1' : '\0') + std::string(4, '\0') + question;
    if (!has_one) return answer;
    const std::uint32_t lifetime = htonl(known->second.lifetime);
    answer += std::string("\xc0\x0c\0\1\0\1", 6) + std::string(reinterpret_cast<const char*>(&lifetime), 4);
    return answer + std::string("\0\4", 2) + std::string(reinterpret_cast<const char*>(&known->second.ip), 4);
  }

  int socket_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> asked_{0};
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace gatehouse::net
