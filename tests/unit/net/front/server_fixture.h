// A real server on a free port, with a handler whose behaviour the path selects.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../http/torture_table.h"
#include "net/front/client_watch.h"
#include "net/front/request.h"
#include "net/front/response.h"
#include "net/front/server.h"
#include "raw_client.h"

namespace gatehouse::net {

using namespace std::chrono_literals;

// What the handlers saw, for the tests to look at.
struct Seen {
  void add(std::string path) {
    const std::lock_guard lock(mutex);
    paths.push_back(std::move(path));
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex);
    return paths;
  }
  std::mutex mutex;
  std::vector<std::string> paths;
  std::atomic<int> waiting{0};                    // in /wait
  std::atomic<core::Code> ended{core::Code::ok};  // how /wait or /flood ended
};

class TestHandler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit TestHandler(Seen& seen) : seen_(seen) {}

  void handleRequest(Poco::Net::HTTPServerRequest& poco_request,
                     Poco::Net::HTTPServerResponse& poco_response) override {
    auto& request = dynamic_cast<Request&>(poco_request);
    auto& response = dynamic_cast<Response&>(poco_response);
    const std::string path = request.getURI();
    seen_.add(path);
    if (path == "/throw") throw std::runtime_error("a handler's fault");
    if (path == "/throw-late") return throw_late(response);
    if (path == "/silent") return;
    if (path == "/poco") return answer_as_poco(poco_request, poco_response);
    if (path == "/sse") return stream_events(response);
    if (path == "/wait") return wait(request, response);
    if (path == "/flood") return flood(response);
    if (path == "/inject") response.set("x-a", std::string("b\r\nX-Evil: 1\r\n\r\nbody\0", 21));
    response.set("x-seen", std::string(request.header("x-a")));
    response.sendBuffer(request.body().data(), request.body().size());
  }

 private:
  static void throw_late(Response& response) {
    EXPECT_TRUE(response.begin_stream().ok());
    EXPECT_TRUE(response.write_chunk("half an answer", false).ok());
    throw std::runtime_error("a handler's fault");
  }

  static void answer_as_poco(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) {
    const std::string body(std::istreambuf_iterator<char>(request.stream()), {});
    response.setContentType("text/plain");
    response.send() << request.getMethod() << " " << body.size() << std::string(10'000, '.');
  }

  static void stream_events(Response& response) {
    response.set("content-type", "text/event-stream; charset=utf-8");
    EXPECT_TRUE(response.begin_stream().ok());
    EXPECT_TRUE(response.write_chunk("data: one\n\n", false).ok());
    EXPECT_TRUE(response.write_chunk(": ping\n\n", false).ok());
    std::this_thread::sleep_for(100ms);  // what follows must be a segment of its own
    EXPECT_TRUE(response.write_chunk("data: final\n\ndata: [DONE]\n\n", true).ok());
  }

  void wait(Request& request, Response& response) {
    ClientWatch watch(request);
    ++seen_.waiting;
    core::Status status;
    while ((status = watch.check()).ok()) {
      pollfd polled[2];
      for (std::size_t i = 0; i < 2; ++i) polled[i] = {watch.watches()[i].fd, watch.watches()[i].events, 0};
      ::poll(polled, 2, 20'000);
    }
    seen_.ended = status.code();
    --seen_.waiting;
    response.setStatusAndReason(Poco::Net::HTTPResponse::HTTP_SERVICE_UNAVAILABLE);
    response.sendBuffer("ended", 5);
  }

  void flood(Response& response) {
    EXPECT_TRUE(response.begin_stream().ok());
    const std::string piece(1u << 20, 'x');
    core::Status status;
    for (int i = 0; i < 200 && status.ok(); ++i) status = response.write_chunk(piece, i == 199);
    seen_.ended = status.code();
  }

  Seen& seen_;
};

class TestFactory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& poco_request) override {
    auto& request = dynamic_cast<const Request&>(poco_request);
    if (request.path_and_query() != "/no") return new TestHandler(seen);
    EXPECT_TRUE(dynamic_cast<Response&>(request.response()).send_body("no").ok());
    return nullptr;  // answered when only the head is there
  }
  Seen seen;
};

inline std::string get_path(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

class ServerTest : public testing::Test {
 protected:
  static ServerOptions options() {
    ServerOptions options;
    options.request.body = kTortureMaxBody;
    return options;
  }
  void start(const ServerOptions& options) {
    server = std::make_unique<Server>(options, factory);
    const core::Status started = server->start();
    ASSERT_TRUE(started.ok()) << started.message();
  }
  RawClient connect() const { return RawClient(server->port()); }

  // Waits, generously, for something another thread will bring about.
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
  static std::size_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
  }

  TestFactory factory;  // the server uses it to the end
  std::unique_ptr<Server> server;
};

}  // namespace gatehouse::net
