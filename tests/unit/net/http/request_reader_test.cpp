#include "net/http/request_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "torture_table.h"

namespace gatehouse::net {
namespace {

using State = RequestReader::State;

RequestLimits limits() {
  RequestLimits limits;
  limits.body = kTortureMaxBody;
  return limits;
}

// What became of a stream: the status of each answer, and every request as read.
struct Outcome {
  std::vector<int> answers;
  std::vector<std::string> requests;
  bool operator==(const Outcome&) const = default;
};

std::string describe(RequestReader& reader) {
  std::string text(reader.method());
  text.append(" ").append(reader.path_and_query());
  for (const Field& field : reader.fields()) text.append("\n").append(field.name).append("=").append(field.value);
  return text.append("\n\n").append(reader.body().view());
}

// Feeds the stream in pieces of the given sizes, the last one repeated, and then its end.
Outcome read(std::string_view bytes, std::vector<std::size_t> pieces) {
  RequestReader reader(limits());
  Outcome outcome;
  const auto settle = [&] {
    while (reader.state() == State::complete) {
      outcome.answers.push_back(200);
      outcome.requests.push_back(describe(reader));
      if (!reader.keep_alive()) return false;
      reader.next();
    }
    return reader.state() != State::refused;
  };
  for (std::size_t piece = 0; !bytes.empty(); ++piece) {
    const std::size_t size = std::min(bytes.size(), pieces[std::min(piece, pieces.size() - 1)]);
    // A copy of exactly the piece's size, so that a sanitizer sees reads past its end.
    const std::vector<char> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes.remove_prefix(size);
    reader.feed({exact.data(), exact.size()});
    if (!settle()) break;
  }
  if (reader.state() == State::head || reader.state() == State::body) reader.finish();
  if (reader.state() == State::refused) outcome.answers.push_back(reader.refusal().http_status());
  return outcome;
}

class Torture_ : public testing::TestWithParam<Torture> {};
std::string name_of(const testing::TestParamInfo<Torture>& info) { return info.param.name; }

TEST_P(Torture_, IsAnsweredAsListed) {
  EXPECT_EQ(read(GetParam().bytes, {std::string::npos}).answers, GetParam().answers);
}

TEST_P(Torture_, IsAnsweredTheSameHoweverItIsCut) {
  const std::string& bytes = GetParam().bytes;
  const Outcome whole = read(bytes, {bytes.size()});
  EXPECT_EQ(read(bytes, {1}), whole);
  const std::size_t step = bytes.size() > 2'000 ? 97 : 1;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step) ASSERT_EQ(read(bytes, {cut, bytes.size()}), whole) << cut;
}

INSTANTIATE_TEST_SUITE_P(RequestReader, Torture_, testing::ValuesIn(torture_table()), name_of);

TEST(RequestReader, GivesTheRequestAsItWasWritten) {
  RequestReader reader(limits());
  reader.feed(
      "POST http://h.example/v1/chat?a=%20b HTTP/1.1\r\nhOST: h.example\r\nX-A:  one \r\nContent-Length: "
      "5\r\n\r\nhello");
  ASSERT_EQ(reader.state(), State::complete);
  EXPECT_EQ(reader.method(), "POST");
  EXPECT_EQ(reader.target(), "http://h.example/v1/chat?a=%20b");
  EXPECT_EQ(reader.path_and_query(), "/v1/chat?a=%20b");
  EXPECT_EQ(reader.version(), 11);
  EXPECT_TRUE(reader.keep_alive());
  EXPECT_EQ(reader.field("x-a"), "one");
  EXPECT_EQ(reader.field("X-B"), "");
  EXPECT_EQ(reader.fields().size(), 3u);
  EXPECT_EQ(reader.body().view(), "hello");
}

TEST(RequestReader, JoinsChunksAndForgetsTrailers) {
  RequestReader reader(limits());
  reader.feed(chunked("5;a=\"b\"\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n"));
  ASSERT_EQ(reader.state(), State::complete);
  EXPECT_EQ(reader.body().view(), "hello world");
  EXPECT_EQ(reader.field("x-t"), "");
}

TEST(RequestReader, BodyMayBeTakenAndTheNextRequestHasItsOwn) {
  RequestReader reader(limits());
  reader.feed(post("Content-Length: 5\r\n", "hello") + post("Content-Length: 2\r\n", "hi"));
  ASSERT_EQ(reader.state(), State::complete);
  const core::PaddedBytes first = std::move(reader.body());
  ASSERT_EQ(reader.next(), State::complete);
  EXPECT_EQ(first.view(), "hello");
  EXPECT_EQ(reader.body().view(), "hi");
}

TEST(RequestReader, KeepAliveFollowsVersionAndConnection) {
  const auto keeps = [](const std::string& bytes) {
    RequestReader reader(limits());
    reader.feed(bytes);
    EXPECT_EQ(reader.state(), State::complete);
    return reader.keep_alive();
  };
  EXPECT_TRUE(keeps(get("")));
  EXPECT_FALSE(keeps(get("Connection: close\r\n")));
  EXPECT_FALSE(keeps(get("Connection: foo, Close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(RequestReader, WantsContinueOnlyForAnAcceptedHeadWithoutBodyYet) {
  const auto wants = [](const std::string& bytes) {
    RequestReader reader(limits());
    reader.feed(bytes);
    return reader.wants_continue();
  };
  EXPECT_TRUE(wants(post("Expect: 100-continue\r\nContent-Length: 5\r\n", "")));
  EXPECT_TRUE(wants(post("Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n", "")));
  EXPECT_FALSE(wants(post("Expect: 100-continue\r\nContent-Length: 5\r\n", "h")));
  EXPECT_FALSE(wants(post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "5")));
  EXPECT_FALSE(wants(post("Expect: 100-continue\r\nContent-Length: 1001\r\n", "")));
  EXPECT_FALSE(wants(post("Content-Length: 5\r\n", "")));
  EXPECT_FALSE(wants("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
}

TEST(RequestReader, RefusesAnOversizedBodyBeforeAnyOfItArrives) {
  RequestReader reader(limits());
  EXPECT_EQ(reader.feed(post("Content-Length: 999999999999\r\n", "")), State::refused);
  EXPECT_EQ(reader.refusal().http_status(), 413);
}

TEST(RequestReader, NothingReceivedIsNoRefusal) {
  RequestReader reader(limits());
  EXPECT_EQ(reader.finish(), State::head);
  EXPECT_FALSE(reader.started());
}

// Random damage to the table's streams: whatever comes, the cut must make no difference.
TEST(RequestReader, DamagedStreamsAreReadTheSameHoweverTheyAreCut) {
  std::mt19937 random(1);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  const std::string alphabet(
      "\r\n \t:;,\0"
      "05aF\x7f\xff",
      15);
  for (const Torture& torture : torture_table()) {
    if (torture.bytes.size() > 2'000) continue;
    for (int round = 0; round < 40; ++round) {
      std::string bytes = torture.bytes;
      for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
        const std::size_t at = below(bytes.size());
        if (below(3) == 0)
          bytes.erase(at, 1 + below(4));
        else if (below(2) == 0)
          bytes.insert(at, 1, alphabet[below(alphabet.size())]);
        else
          bytes[at] = alphabet[below(alphabet.size())];
        if (bytes.empty()) bytes = "x";
      }
      const Outcome whole = read(bytes, {bytes.size()});
      ASSERT_EQ(read(bytes, {1}), whole) << testing::PrintToString(bytes);
      ASSERT_EQ(read(bytes, {1 + below(bytes.size()), bytes.size()}), whole) << testing::PrintToString(bytes);
    }
  }
}

}  // namespace
}  // namespace gatehouse::net
