// What a key's holder may do, as it is typed.
#include "commands/key/key_terms.h"

#include <gtest/gtest.h>

namespace gatehouse::commands {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 20'000 * kDay;  // 2024-10-04

core::Result<core::KeyTerms> terms(std::map<std::string, std::string> options) {
  options.emplace("client", "web");
  Arguments arguments;
  arguments.options = std::move(options);
  return key_terms(arguments, kNow);
}

TEST(KeyTerms, OfAKeyWithEverything) {
  const auto key = terms({{"models", "a,b/c"},
                          {"rpm", "60"},
                          {"tpm", "1000"},
                          {"tpd", "1000000000000"},
                          {"concurrent", "8"},
                          {"budget", "20usd/month,0.5usd/day"},
                          {"expires", "30d"}});
  ASSERT_TRUE(key.ok()) << key.status().message();
  EXPECT_EQ(key->client, "web");
  EXPECT_EQ(key->models, (std::vector<std::string>{"a", "b/c"}));
  EXPECT_EQ(key->limits.requests_per_minute, 60);
  EXPECT_EQ(key->limits.tokens_per_minute, 1000);
  EXPECT_EQ(key->limits.tokens_per_day, 1'000'000'000'000);
  EXPECT_EQ(key->limits.concurrent, 8);
  EXPECT_EQ(key->limits.dollars_per_month, 20'000'000'000);
  EXPECT_EQ(key->limits.dollars_per_day, 500'000'000);
  EXPECT_EQ(key->expires, kNow + 30 * kDay);
}

TEST(KeyTerms, OfAKeyWithoutAnyLimit) {
  const auto key = terms({});
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(key->models.empty());
  EXPECT_EQ(key->limits.per, core::Scope::key);
  EXPECT_EQ(key->limits.requests_per_minute, 0);
  EXPECT_EQ(key->limits.dollars_per_month, 0);
  EXPECT_EQ(key->expires, 0);
}

TEST(KeyTerms, ADateIsItsBeginning) { EXPECT_EQ(terms({{"expires", "2024-10-05"}})->expires, kNow + kDay); }

TEST(KeyTerms, WhatCannotBeMeantIsRefusedByName) {
  for (const auto& [option, value] : std::multimap<std::string, std::string>{
           {"rpm", "0"},           {"rpm", "-1"},          {"rpm", "60/min"},         {"rpm", "1000000000001"},
           {"tpm", "1e3"},         {"tpd", "many"},        {"concurrent", "0.5"},     {"budget", "20"},
           {"budget", "20usd"},    {"budget", "0usd/day"}, {"budget", "-1usd/month"}, {"budget", "20usd/year"},
           {"budget", "20eur/day"}, {"expires", "30"},     {"expires", "2024-10-04"}, {"expires", "2024-02-30"},
           {"expires", "tomorrow"}, {"expires", "2999-01-01"}, {"client", ""},        {"client", "two words"},
           {"client", std::string(129, 'c')},              {"client", "b\xc3\xa9"}}) {
    std::map<std::string, std::string> options{{option, value}};
    const auto refused = terms(std::move(options));
    ASSERT_FALSE(refused.ok()) << option << " " << value;
    EXPECT_EQ(refused.status().code(), core::Code::invalid_request);
    EXPECT_TRUE(refused.status().message().starts_with("--" + option)) << refused.status().message();
  }
}

}  // namespace
}  // namespace gatehouse::commands
