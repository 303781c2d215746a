#include "core/text/mask.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

const std::string kKey = "sk-test-1234567890abcdef";

std::string masked(std::string text, std::string_view secret = kKey) {
  mask(text, secret);
  return text;
}

TEST(Mask, TakesTheSecretOutAndLeavesTheRest) {
  EXPECT_EQ(masked("Incorrect API key provided: " + kKey + ". See example.com"),
            "Incorrect API key provided: ***. See example.com");
  EXPECT_EQ(masked(kKey), "***");
  EXPECT_EQ(masked("Bearer " + kKey + kKey), "Bearer ******");
  EXPECT_EQ(masked("nothing of it"), "nothing of it");
  EXPECT_EQ(masked("anything", ""), "anything");
}

TEST(Mask, TakesEveryTellingPieceOut) {
  for (std::size_t at = 0; at < kKey.size(); ++at) {
    for (std::size_t length = 1; at + length <= kKey.size(); ++length) {
      const std::string piece = kKey.substr(at, length);
      EXPECT_EQ(masked("<" + piece + ">"), length < kTellingPiece ? "<" + piece + ">" : "<***>");
    }
  }
  EXPECT_EQ(masked("sk-test-1234 to 90abcdef"), "*** to ***");
}

TEST(Mask, TakesAShortSecretOutWhole) {
  EXPECT_EQ(masked("the key k3y is wrong", "k3y"), "the key *** is wrong");
  EXPECT_EQ(masked("the key k3 is wrong", "k3y"), "the key k3 is wrong");
}

TEST(WithoutCredentials, ShowsAUrlAsFarAsItMayBeSeen) {
  EXPECT_EQ(without_credentials("https://api.example/v1"), "https://api.example/v1");
  EXPECT_EQ(without_credentials("http://user:secret@host/v1"), "http://***@host/v1");
  EXPECT_EQ(without_credentials("redis://:s3cr@t@host:6379/0"), "redis://***@host:6379/0");
  EXPECT_EQ(without_credentials(":secret@host:6379"), "***@host:6379");
  EXPECT_EQ(without_credentials("https://h/v1?key=secret&a=b&c"), "https://h/v1?key=***&a=***&c");
  EXPECT_EQ(without_credentials("a=b"), "a=b");
  EXPECT_EQ(without_credentials("https://h/?="), "https://h/?=***");
}

}  // namespace
}  // namespace gatehouse::core
