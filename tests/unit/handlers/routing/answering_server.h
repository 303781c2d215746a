// A router behind a real server on a free port, and a client that says what it is answered. One thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "../../net/front/raw_client.h"
#include "handlers/routing/router.h"
#include "net/front/server.h"

namespace gatehouse::handlers {

class AnsweringServer : public testing::Test {
 protected:
  // The whole answer. `fields`: further lines of the head.
  std::string ask(const std::string& request_line, const std::string& fields = "") {
    net::RawClient client = connect();
    client.send(request_line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n" + fields +
                "\r\n");
    return client.receive_all();
  }

  // The same with a body of five bytes, which comes after the server has read the head; empty: it never comes.
  std::string ask_in_two(const std::string& request_line, const std::string& fields, const std::string& body) {
    net::RawClient client = connect();
    client.send(request_line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n" + fields +
                (body.empty() ? "\r\n" : "Expect: 100-continue\r\n\r\n"));
    if (!body.empty()) {
      EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    }
    client.send(body);
    return client.receive_all();
  }

  Router router{{"127.0.0.1", {}, {}}};  // the server uses it to the end

 private:
  net::RawClient connect() {
    if (!started_) {
      const core::Status started = server_.start();
      EXPECT_TRUE(started.ok()) << started.message();
      started_ = true;
    }
    return net::RawClient(server_.port());
  }

  net::Server server_{{}, router};
  bool started_ = false;
};

// "HTTP/1.1 404 …" -> 404
inline int status_of(const std::string& answer) {
  const std::vector<int> found = net::statuses(answer);
  return found.size() == 1 ? found[0] : 0;
}

}  // namespace gatehouse::handlers
