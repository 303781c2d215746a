// What every test of Upstream needs: answers and scripts to serve them, a sink that keeps what it is told, a
// cancellation with a switch, and a call with short words.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>
#include <memory>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/upstream/upstream.h"
#include "scripted_server.h"

namespace gatehouse::net {

class KeepingSink : public core::UpstreamSink {
 public:
  core::Status on_head(const core::UpstreamHead& head) override {
    ++heads;
    status = head.status;
    content_type = head.content_type;
    retry_after = head.retry_after;
    return {};
  }
  core::Status on_body(std::string_view bytes) override {
    body.append(bytes);
    return refuse_body ? core::Status(core::Code::client_gone, "enough") : core::Status();
  }
  bool satisfied() const override { return !all.empty() && body.find(all) != body.npos; }

  int heads = 0;
  int status = 0;
  std::string content_type;
  std::chrono::milliseconds retry_after{0};
  std::string body;
  bool refuse_body = false;
  std::string all;  // with this the answer is all there
};

class Switch : public core::Cancellation {
 public:
  Switch() : watch_{::eventfd(0, EFD_CLOEXEC), POLLIN} {}
  ~Switch() override { ::close(watch_.fd); }
  void flip() { ::eventfd_write(watch_.fd, 1); }

  std::span<const core::Watch> watches() const override { return {&watch_, 1}; }
  core::Status check() override {
    ++checks;
    return harmless ? core::Status() : core::Status(core::Code::client_gone, "The client has left.");
  }

  bool harmless = false;
  int checks = 0;

 private:
  core::Watch watch_;
};

class UpstreamTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  // Ends after the upstream's idle connections, which its scripts may be waiting to see closed.
  class Server : public ScriptedServer {
   public:
    Server(UpstreamTest& test, Script script) : ScriptedServer(std::move(script)), test_(test) {
      if (!test_.upstream) test_.use({});
    }
    ~Server() { test_.upstream.reset(); }

   private:
    UpstreamTest& test_;
  };

  void use(const UpstreamOptions& options) {
    auto created = Upstream::create(options);
    if (!created.ok()) throw std::runtime_error(std::string(created.status().message()));
    upstream = *std::move(created);
  }

  core::Status post(const std::string& url, std::string_view body = "{}") {
    if (!upstream) use({});
    const bool refuse_body = sink.refuse_body;
    const std::string all = sink.all;
    sink = {};
    sink.refuse_body = refuse_body;
    sink.all = all;
    core::UpstreamRequest request;
    request.method = method;
    request.url = url;
    request.headers = headers;
    request.body = body;
    request.ca_file = ca_file;
    return upstream->send(request, timeouts, cancellation, sink, trace);
  }

  std::unique_ptr<Upstream> upstream;
  std::string ca_file;
  std::string method = "POST";
  std::vector<std::pair<std::string, std::string>> headers{{"content-type", "application/json"}};
  core::Timeouts timeouts;
  Switch cancellation;
  KeepingSink sink;
  core::UpstreamTrace trace;
};

inline const std::string kOk = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\nhello";

// Answers every request on every connection alike.
inline ScriptedServer::Script always(std::string answer) {
  return [answer](ScriptedPeer& peer, int) {
    while (!peer.read_request().empty()) peer.write(answer);
  };
}

// Answers one request with these bytes and closes.
inline ScriptedServer::Script once(std::string answer) {
  return [answer](ScriptedPeer& peer, int) {
    peer.read_request();
    peer.write(answer);
  };
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// What the caller and the operator are told together must have all these parts.
inline void expect_fails(const core::Status& failed, core::Code code, std::initializer_list<std::string_view> parts,
                         std::source_location where = std::source_location::current()) {
  const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "");
  EXPECT_EQ(failed.code(), code) << failed.message();
  const std::string told = failed.ok() ? std::string() : failed.failure().message + " " + failed.failure().detail;
  for (const std::string_view part : parts) EXPECT_TRUE(contains(told, part)) << told << "\nlacks: " << part;
}

}  // namespace gatehouse::net
