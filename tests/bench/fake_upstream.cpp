// A provider that costs next to nothing: answers every POST with the same chat completion, or,
// when the body has "stream":true, with server-sent events at a fixed pace. One thread, epoll,
// keep-alive. Prints its port on stdout and serves until it is killed.
//
//   fake_upstream [CHUNKS [INTERVAL_MS]]     default: 64 chunks, 20 ms
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

using Clock = std::chrono::steady_clock;

const std::string kBody =
    R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"fake-model","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"The quick brown fox jumps over the lazy dog, and then it does so once more."},)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":42,"completion_tokens":17,"total_tokens":59}})";
const std::string kAnswer =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(kBody.size()) +
    "\r\n\r\n" + kBody;
constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
constexpr std::string_view kBadRequest = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

std::string http_chunk(std::string_view bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

std::string event(std::string_view delta, std::string_view finish) {
  return R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"fake-model",)"
         R"("choices":[{"index":0,"delta":)" +
         std::string(delta) + R"(,"finish_reason":)" + std::string(finish) + "}]}\n\n";
}

// Carries the time it left, in microseconds of the machine's clock: whoever reads it knows how long it took.
std::string chunk() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
  return http_chunk(event(R"({"content":"word @)" + std::to_string(now) + R"(@ "})", "null"));
}
const std::string kLastChunk = http_chunk(event("{}", R"("stop")") + "data: [DONE]\n\n") + "0\r\n\r\n";

struct Connection {
  unsigned long serial = 0;  // tells a reused file descriptor from its predecessor
  std::string in;
  std::string out;
  int chunks_left = -1;  // -1: not streaming
  bool wants_write = false;
};

class Server {
 public:
  Server(int chunks, std::chrono::milliseconds interval) : chunks_(chunks), interval_(interval) {}

  int run() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, name, size) != 0 || ::listen(listener_, 4096) != 0 ||
        ::getsockname(listener_, name, &size) != 0) {
      std::perror("fake_upstream");
      return 1;
    }
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    while (true) turn();
  }

 private:
  struct Due {
    Clock::time_point when;
    int fd;
    unsigned long serial;
  };

  void watch(int fd, std::uint32_t events, int operation) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = fd;
    ::epoll_ctl(epoll_, operation, fd, &wanted);
  }

  void turn() {
    int timeout = -1;
    if (!due_.empty()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.front().when - Clock::now()).count();
      timeout = left > 0 ? static_cast<int>(left) : 0;
    }
    epoll_event events[256];
    const int count = ::epoll_wait(epoll_, events, 256, timeout);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener_) {
        accept();
      } else {
        if ((events[i].events & EPOLLOUT) != 0) flush(fd);
        if ((events[i].events & ~EPOLLOUT) != 0) read(fd);
      }
    }
    send_due_chunks();
  }

  void accept() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_[fd].serial = ++serials_;
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void drop(int fd) {
    connections_.erase(fd);
    ::close(fd);
  }

  void read(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    char buffer[65536];
    const ssize_t size = ::recv(fd, buffer, sizeof buffer, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return drop(fd);
    found->second.in.append(buffer, static_cast<std::size_t>(size));
    answer(fd, found->second);
  }

  // Answers a request that is complete; the next one on the connection waits for this answer.
  void answer(int fd, Connection& connection) {
    const std::string_view in = connection.in;
    const std::size_t head_end = in.find("\r\n\r\n");
    if (head_end == in.npos || connection.chunks_left >= 0) return;
    const std::string_view head = in.substr(0, head_end);
    const long length = body_length(head);
    if (length < 0) return send(fd, connection, kBadRequest);
    const std::size_t total = head_end + 4 + static_cast<std::size_t>(length);
    if (in.size() < total) return;
    const bool stream = in.substr(head_end, total - head_end).find(R"("stream":true)") != in.npos;
    connection.in.erase(0, total);
    if (!stream) return send(fd, connection, kAnswer);
    connection.chunks_left = chunks_;
    due_.push_back({Clock::now() + interval_, fd, connection.serial});
    send(fd, connection, kStreamHead);
  }

  static long body_length(std::string_view head) {
    for (const std::string_view name : {"\r\ncontent-length: ", "\r\nContent-Length: "}) {
      const std::size_t at = head.find(name);
      if (at != head.npos) return std::strtol(head.data() + at + name.size(), nullptr, 10);
    }
    return head.substr(0, 4) == "GET " ? 0 : -1;
  }

  // The interval is the same for all, so the queue is in order of time.
  void send_due_chunks() {
    const auto now = Clock::now();
    while (!due_.empty() && due_.front().when <= now) {
      const Due due = due_.front();
      due_.pop_front();
      const auto found = connections_.find(due.fd);
      if (found == connections_.end() || found->second.serial != due.serial) continue;
      Connection& connection = found->second;
      const bool last = --connection.chunks_left <= 0;
      if (last) connection.chunks_left = -1;
      if (!last) due_.push_back({due.when + interval_, due.fd, due.serial});
      send(due.fd, connection, last ? kLastChunk : chunk());
    }
  }

  void send(int fd, Connection& connection, std::string_view bytes) {
    connection.out.append(bytes);
    flush(fd);
  }

  void flush(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    const ssize_t size = ::send(fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return drop(fd);
    if (size > 0) connection.out.erase(0, static_cast<std::size_t>(size));
    const bool wants_write = !connection.out.empty();
    if (wants_write == connection.wants_write) return;
    connection.wants_write = wants_write;
    watch(fd, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
  }

  const int chunks_;
  const std::chrono::milliseconds interval_;
  int listener_ = -1;
  int epoll_ = -1;
  unsigned long serials_ = 0;
  std::unordered_map<int, Connection> connections_;
  std::deque<Due> due_;
};

}  // namespace

int main(int argc, char** argv) {
  const int chunks = argc > 1 ? std::atoi(argv[1]) : 64;
  const int interval = argc > 2 ? std::atoi(argv[2]) : 20;
  if (chunks < 1 || interval < 0) {
    std::fputs("usage: fake_upstream [CHUNKS [INTERVAL_MS]]\n", stderr);
    return 2;
  }
  return Server(chunks, std::chrono::milliseconds(interval)).run();
}
