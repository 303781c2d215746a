#include "limits/tokens/byte_pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "rank_file.h"

namespace gatehouse::limits {
namespace {

BytePairs pairs_of(const std::vector<std::string>& tokens) {
  auto pairs = BytePairs::read(RankFile(tokens).path());
  EXPECT_TRUE(pairs.ok()) << pairs.status().message();
  return *std::move(pairs);
}

std::uint64_t count(const BytePairs& pairs, std::string_view piece) {
  BytePairs::Workplace work;
  return pairs.count(piece, work);
}

// As it is defined: looks at all neighbours before each join.
std::uint64_t by_definition(const std::vector<std::string>& tokens, const std::string& piece) {
  const auto rank = [&](const std::string& token) { return std::find(tokens.begin(), tokens.end(), token); };
  if (piece.size() <= 1 || rank(piece) != tokens.end()) return std::min<std::uint64_t>(piece.size(), 1);
  std::vector<std::string> parts;
  for (const char byte : piece) parts.emplace_back(1, byte);
  while (true) {
    auto lowest = tokens.end();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      if (const auto found = rank(parts[i] + parts[i + 1]); found < lowest) lowest = found, at = i;
    }
    if (lowest == tokens.end()) return parts.size();
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

TEST(BytePairs, JoinsTheLowestRankFirst) {
  const BytePairs pairs = pairs_of({"bc", "ab", "abc"});
  EXPECT_EQ(count(pairs, ""), 0u);
  EXPECT_EQ(count(pairs, "a"), 1u);
  EXPECT_EQ(count(pairs, "abc"), 1u) << "a whole piece that is a token is one";
  EXPECT_EQ(count(pairs, "abcd"), 2u) << "a+bc, then abc";
  EXPECT_EQ(count(pairs, "abab"), 2u);
  EXPECT_EQ(count(pairs, std::string("\0\xff\x80", 3)), 3u) << "any byte will do";
}

TEST(BytePairs, CountsAsTheDefinitionDoes) {
  std::mt19937 random(20261126);
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int vocabulary = 0; vocabulary < 40; ++vocabulary) {
    std::vector<std::string> tokens{"a", "b", "c"};
    while (tokens.size() < 30) {
      std::string joined = tokens[below(tokens.size())] + tokens[below(tokens.size())];
      if (std::find(tokens.begin(), tokens.end(), joined) == tokens.end()) tokens.push_back(std::move(joined));
    }
    tokens.erase(tokens.begin(), tokens.begin() + 3);
    const BytePairs pairs = pairs_of(tokens);
    for (int text = 0; text < 60; ++text) {
      std::string piece(below(60), 'a');
      for (char& byte : piece) byte = static_cast<char>('a' + below(3));
      ASSERT_EQ(count(pairs, piece), by_definition(tokens, piece)) << piece;
    }
  }
}

TEST(BytePairs, AMegabyteOfOneLetterIsHarmless) {
  const BytePairs pairs = pairs_of({"aa", "aaaa", "aaaaaaaa"});
  EXPECT_EQ(count(pairs, std::string(1 << 20, 'a')), (1u << 20) / 8);
  EXPECT_EQ(count(pairs, std::string((1 << 20) + 8, 'a')), (1u << 20) / 8 + 1) << "what is longer is cut";
}

TEST(BytePairs, SaysWhatIsWrongWithAFile) {
  const auto told = [](std::string_view text) {
    const RankFile file(text);
    const auto pairs = BytePairs::read(file.path());
    EXPECT_FALSE(pairs.ok()) << text;
    const std::string message(pairs.status().message());
    EXPECT_TRUE(message.starts_with(file.path())) << message;
    return message.substr(file.path().size());
  };
  EXPECT_EQ(told("YQ== 0\nYg==\n"), ":2: is not a token in base64, a space and its rank");
  for (const char* line : {"YQ== x", "YQ== -1", "YQ== 1 ", "YQ== 99999999999", " 1", "YQ= 1", "Y?== 1", "", "<html>"})
    EXPECT_EQ(told(std::string(line) + "\n"), ":1: is not a token in base64, a space and its rank") << line;
  EXPECT_EQ(told("YQ== 0\nYQ== 1\n"), ":2: is a token that was there before");
  EXPECT_EQ(told(""), ": is not a whole rank file: there is no token for byte 0");
  EXPECT_EQ(told("AA== 0\r\n"), ": is not a whole rank file: there is no token for byte 1");
  const auto missing = BytePairs::read("/nowhere/ranks");
  EXPECT_EQ(missing.status().message(), "/nowhere/ranks: cannot be read: No such file or directory");
  EXPECT_FALSE(BytePairs::read(testing::TempDir()).ok()) << "a folder";
}

}  // namespace
}  // namespace gatehouse::limits
