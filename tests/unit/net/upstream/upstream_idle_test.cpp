// What a provider says or does on a connection that nobody waits on: it ends the connection and reaches nobody.
#include <gtest/gtest.h>

#include <semaphore>
#include <string>
#include <vector>

#include "scripted_server.h"
#include "upstream_fixture.h"

namespace gatehouse::net {
namespace {

enum class Then { stay, close, reset };

struct Unasked {
  const char* name;
  std::string bytes;
  Then then;
};

const Unasked kUnasked[] = {
    {"another answer", "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nanother", Then::stay},
    {"a refusal", "HTTP/1.1 429 X\r\ncontent-length: 0\r\n\r\n", Then::stay},
    {"an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", Then::stay},
    {"half a head", "HTTP/1.1 200 OK\r\ncontent-le", Then::stay},
    {"one byte", "\n", Then::stay},
    {"junk", std::string("\0\x16\x03\x01", 4), Then::stay},
    {"a farewell", "HTTP/1.1 408 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", Then::close},
    {"its end", "", Then::close},
    {"a reset", "", Then::reset},
    {"a byte and a reset", "x", Then::reset},
};

// The head of an answer and how its body is put.
struct Form {
  const char* name;
  std::string (*answer)(const std::string& body);
  bool ends_early;  // the codec knows the end before HTTP does
};

const Form kForms[] = {
    {"by length",
     [](const std::string& body) {
       return "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
     },
     false},
    {"in chunks",
     [](const std::string& body) {
       return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + std::to_string(body.size()) + "\r\n" + body +
              "\r\n0\r\n\r\n";
     },
     false},
    {"as a stream",
     [](const std::string&) -> std::string {
       return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndone\r\n0\r\n\r\n";
     },
     true},
};

std::string body_of(const std::string& request) {
  return request.empty() ? request : request.substr(request.find("\r\n\r\n") + 4);
}

void do_unasked(ScriptedPeer& peer, const Unasked& unasked) {
  peer.write(unasked.bytes);
  peer.deliver();
  if (unasked.then == Then::close) peer.end_sending();
  if (unasked.then == Then::reset) peer.reset();
}

// In several writes, or in the same one as the answer's last byte.
class UpstreamIdleTest : public UpstreamTest, public testing::WithParamInterface<bool> {};

TEST_P(UpstreamIdleTest, GivesNobodyWhatNobodyAskedFor) {
  const bool in_one_write = GetParam();
  for (const Form& form : kForms) {
    for (const Unasked& unasked : kUnasked) {
      const testing::ScopedTrace where(__FILE__, __LINE__, std::string(unasked.name) + ", after an answer " + form.name);
      std::counting_semaphore<> said(0);
      Server server(*this, [&](ScriptedPeer& peer, int) {
        std::string asked = body_of(peer.read_request());
        for (; asked == "next"; asked = body_of(peer.read_request())) peer.write(form.answer(asked));
        if (asked.empty()) return;
        peer.write(form.answer(asked) + (in_one_write ? unasked.bytes : std::string()));
        do_unasked(peer, in_one_write ? Unasked{"", "", unasked.then} : unasked);
        said.release();
        if (unasked.then == Then::stay) peer.wait_closed();
      });
      for (int i = 0; i < 3; ++i) {
        sink.all = form.ends_early ? "done" : "";
        ASSERT_TRUE(post(server.url(), "first").ok());
        said.acquire();
        const core::Status status = post(server.url(), "next");
        ASSERT_TRUE(status.ok()) << status.message();
        EXPECT_EQ(sink.body, form.ends_early ? "done" : "next");
        EXPECT_EQ(sink.heads, 1);
        EXPECT_FALSE(trace.reused);
        EXPECT_FALSE(trace.resent) << "the look at the connection should have been enough";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Writes, UpstreamIdleTest, testing::Bool());

}  // namespace
}  // namespace gatehouse::net
