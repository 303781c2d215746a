// Holds many streams open at once, each begun anew when it ends, and prints how long chunks took from the
// provider's hands to ours: "TOTALS streams chunks broken p50_us p99_us". One thread, epoll. The request's body
// comes on stdin; the chunks carry the time they left between two @ signs, as fake_upstream sends them.
//
//   stream_load PORT PATH STREAMS SECONDS CHUNKS
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

struct Stream {
  int fd = -1;
  std::string tail;  // what came in and has not been looked at
  int chunks = 0;
};

class Load {
 public:
  Load(int port, std::string request, int chunks) : port_(port), request_(std::move(request)), chunks_(chunks) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  }

  int run(int streams, int seconds) {
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    streams_.resize(static_cast<std::size_t>(streams));
    for (Stream& stream : streams_) begin(stream);
    while (open_ > 0) turn(Clock::now() < end);
    std::sort(times_.begin(), times_.end());
    const auto at = [&](double part) {
      return times_.empty() ? 0 : times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))];
    };
    std::printf("TOTALS %ld %zu %ld %ld %ld\n", done_, times_.size(), broken_, static_cast<long>(at(.5)),
                static_cast<long>(at(.99)));
    return 0;
  }

 private:
  void begin(Stream& stream) {
    stream.tail.clear();
    stream.chunks = 0;
    if (stream.fd < 0 && !connect(stream)) return;
    if (::send(stream.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size())) {
      end(stream, false);
    }
  }

  bool connect(Stream& stream) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stream.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(stream.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(stream.fd);
      stream.fd = -1;
      ++broken_;
      return false;
    }
    const int on = 1;
    ::setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = &stream;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, stream.fd, &wanted);
    ++open_;
    return true;
  }

  void end(Stream& stream, bool whole) {
    ++(whole ? done_ : broken_);
    ::close(stream.fd);
    stream.fd = -1;
    --open_;
  }

  void turn(bool again) {
    epoll_event events[256];
    const int count = ::epoll_wait(epoll_, events, 256, 1000);
    for (int i = 0; i < count; ++i) {
      Stream& stream = *static_cast<Stream*>(events[i].data.ptr);
      if (read(stream) && again) begin(stream);
    }
  }

  // True: the stream has come to its end and the next may begin.
  bool read(Stream& stream) {
    char buffer[16384];
    const ssize_t size = ::recv(stream.fd, buffer, sizeof buffer, 0);
    if (size <= 0) {
      end(stream, false);
      return true;
    }
    stream.tail.append(buffer, static_cast<std::size_t>(size));
    measure(stream);
    if (stream.tail.find("\r\n0\r\n\r\n") == stream.tail.npos) return false;
    const bool said_so =
        stream.tail.find("[DONE]") != stream.tail.npos || stream.tail.find("message_stop") != stream.tail.npos;
    end(stream, said_so && stream.chunks == chunks_ - 1);  // the last chunk says only that it is the last
    return true;
  }

  void measure(Stream& stream) {
    const std::int64_t now = now_us();
    while (true) {
      const std::size_t from = stream.tail.find('@');
      const std::size_t to = from == stream.tail.npos ? from : stream.tail.find('@', from + 1);
      if (to == stream.tail.npos) return;
      times_.push_back(now - std::strtoll(stream.tail.data() + from + 1, nullptr, 10));
      ++stream.chunks;
      stream.tail.erase(0, to + 1);
    }
  }

  const int port_;
  const std::string request_;
  const int chunks_;
  int epoll_ = -1;
  int open_ = 0;
  long done_ = 0, broken_ = 0;
  std::vector<Stream> streams_;
  std::vector<std::int64_t> times_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: stream_load PORT PATH STREAMS SECONDS CHUNKS <BODY\n", stderr);
    return 2;
  }
  const std::string body{std::istreambuf_iterator<char>(std::cin), {}};
  std::string request = std::string("POST ") + argv[2] +
                        " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
                        "x-client-id: bench\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return Load(std::atoi(argv[1]), std::move(request), std::atoi(argv[5])).run(std::atoi(argv[3]), std::atoi(argv[4]));
}
