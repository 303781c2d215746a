// Against a server that answers whatever a case says; the real one is in tests/gateway/test_shared_limits.py.
#include "store/redis/redis_link.h"

#include <gtest/gtest.h>

#include <mutex>

#include "net/upstream/scripted_server.h"

namespace gatehouse::store {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

// Answers each command with the next of its answers, and remembers the commands, a line each.
class AnsweringServer {
 public:
  explicit AnsweringServer(Words answers) : answers_(std::move(answers)), server_([this](auto& peer, int) { run(peer); }) {}

  RedisOptions options() const {
    return {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(server_.port()), .timeout = 5s};
  }
  Words commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
  }

 private:
  void run(net::ScriptedPeer& peer) {
    for (const std::string& answer : answers_) {
      const std::string command = read_command(peer);
      if (command.empty()) return;
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(command);
      }
      peer.write(answer);
    }
    peer.wait_closed();
  }

  // *2\r\n$3\r\nGET\r\n$1\r\nk\r\n -> "GET k"
  static std::string read_command(net::ScriptedPeer& peer) {
    std::string text = peer.read_some();
    if (text.empty()) return {};
    std::string words;
    std::size_t at = text.find("\r\n") + 2;
    for (int count = std::stoi(text.substr(1)); count > 0; --count) {
      const auto size = static_cast<std::size_t>(std::stoi(text.substr(at + 1)));
      at = text.find("\r\n", at) + 2;
      words += (words.empty() ? "" : " ") + text.substr(at, size);
      at += size + 2;
    }
    return words;
  }

  const Words answers_;
  std::mutex mutex_;
  Words commands_;
  net::ScriptedServer server_;  // last: its thread uses the rest
};

core::Result<std::vector<std::int64_t>> answered(const std::string& answer) {
  const AnsweringServer server({answer});
  const auto link = RedisLink::connect(server.options());
  if (!link.ok()) return link.status();
  return (*link)->command({"GET", "k"});
}

TEST(RedisLink, IntegersComeInEveryShapeThatRedisHasForThem) {
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(*answered(":42\r\n"), (Numbers{42}));
  EXPECT_EQ(*answered("$3\r\n-42\r\n"), (Numbers{-42}));
  EXPECT_EQ(*answered("*3\r\n:1\r\n$1\r\n2\r\n:9223372036854775807\r\n"), (Numbers{1, 2, INT64_MAX}));
  EXPECT_EQ(*answered("*0\r\n"), (Numbers{}));
  EXPECT_EQ(*answered("+OK\r\n"), (Numbers{}));
  EXPECT_EQ(*answered("$-1\r\n"), (Numbers{}));
}

TEST(RedisLink, AnAnswerThatIsNoneOfOursIsAFailure) {
  for (const char* answer :
       {"$1\r\nx\r\n", "$3\r\n1.5\r\n", "$2\r\n1 \r\n", "$0\r\n\r\n", "$20\r\n99999999999999999999\r\n",
        "*1\r\n*1\r\n:1\r\n", "*2\r\n:1\r\n$-1\r\n", "-ERR out of memory\r\n"}) {
    EXPECT_EQ(answered(answer).status().code(), core::Code::upstream_failed) << answer;
  }
  EXPECT_EQ(answered("-ERR out of memory\r\n").status().message(), "Redis: ERR out of memory");
  EXPECT_EQ(answered("HTTP/1.1 400 Bad Request\r\n\r\n").status().code(), core::Code::upstream_unreachable);
}

TEST(RedisLink, AServerThatSaysNothingIsGivenUpAfterTheTimeout) {
  AnsweringServer server({""});
  RedisOptions options = server.options();
  options.timeout = 50ms;
  const auto link = RedisLink::connect(options);
  ASSERT_TRUE(link.ok()) << link.status().message();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ((*link)->command({"GET", "k"}).status().code(), core::Code::upstream_unreachable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(RedisLink, APortWhereNobodyListensIsUnreachable) {
  const auto link = RedisLink::connect({.host = "127.0.0.1", .port = 1, .timeout = 1s});
  EXPECT_EQ(link.status().code(), core::Code::upstream_unreachable);
}

TEST(RedisLink, ThePasswordIsSaidBeforeAnythingElse) {
  AnsweringServer server({"+OK\r\n", ":1\r\n"});
  RedisOptions options = server.options();
  options.password = "s3cret";
  const auto link = RedisLink::connect(options);
  ASSERT_TRUE(link.ok()) << link.status().message();
  EXPECT_TRUE((*link)->command({"GET", "k"}).ok());
  EXPECT_EQ(server.commands(), (Words{"AUTH s3cret", "GET k"}));
}

TEST(RedisLink, AWrongPasswordIsSaidInRedisWords) {
  AnsweringServer server({"-WRONGPASS invalid username-password pair\r\n"});
  RedisOptions options = server.options();
  options.password = "wrong";
  const auto link = RedisLink::connect(options);
  EXPECT_EQ(link.status().code(), core::Code::upstream_failed);
  EXPECT_EQ(link.status().message(), "Redis: WRONGPASS invalid username-password pair");
}

TEST(RedisLink, AScriptIsSentAlongOnlyToAServerThatDoesNotHaveIt) {
  AnsweringServer server({":1\r\n", "-NOSCRIPT No matching script.\r\n", ":2\r\n", "-ERR broken\r\n"});
  const auto link = RedisLink::connect(server.options());
  ASSERT_TRUE(link.ok()) << link.status().message();
  const auto run = [&] { return (*link)->script("return 1", "hash", {"k"}, {"a", "b"}); };
  EXPECT_EQ(run()->front(), 1);
  EXPECT_EQ(run()->front(), 2);
  EXPECT_EQ(run().status().code(), core::Code::upstream_failed);
  EXPECT_EQ(server.commands(), (Words{"EVALSHA hash 1 k a b", "EVALSHA hash 1 k a b", "EVAL return 1 1 k a b",
                                      "EVALSHA hash 1 k a b"}));
}

}  // namespace
}  // namespace gatehouse::store
