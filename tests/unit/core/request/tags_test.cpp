#include "core/request/tags.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

const std::vector<std::string> kNames{"project", "env"};

TEST(Tags, ComeFromTheBodyAndElseFromTheHeader) {
  const auto tags = read_tags(kNames, "env=\tci , project=header,other=5", R"({"a":[{}],"project":"body\u00e9"})");
  ASSERT_TRUE(tags.ok()) << tags.status().message();
  EXPECT_EQ(*tags, (Tags{{"project", "body\u00e9"}, {"env", "ci"}}));
}

TEST(Tags, WhatNoLimitSpeaksOfIsPassedOver) {
  for (const char* metadata : {"", "null", "5", "[]", "{}", R"({"user":{"project":"x"}})"})
    EXPECT_EQ(*read_tags(kNames, "=,==, x, y=1,,", metadata), Tags()) << metadata;
}

TEST(Tags, AValueThatIsNoShortTextIsRefusedByName) {
  const std::string values[] = {"5",           "null",     "\"\"", R"("a\nb")",
                                R"("\u001f")", R"(["x"])", "{}",   "\"" + std::string(kMostTag + 1, 'a') + "\""};
  for (const std::string& value : values) {
    const auto tags = read_tags(kNames, "", R"({"project":)" + value + "}");
    ASSERT_FALSE(tags.ok()) << value;
    EXPECT_EQ(tags.status().failure().param, "metadata.project") << value;
  }
  EXPECT_FALSE(read_tags(kNames, "env=a\xff", "").ok()) << "it would be written into records";
  EXPECT_EQ(read_tags(kNames, "env=", "").status().failure().param, "x-gatehouse-tags: env");
  EXPECT_TRUE(read_tags(kNames, "env=" + std::string(kMostTag, 'a'), "").ok());
  EXPECT_FALSE(read_tags(kNames, "env=" + std::string(kMostTag + 1, 'a'), "").ok());
}

}  // namespace
}  // namespace gatehouse::core
