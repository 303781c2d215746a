#include "limits/newcomers.h"

#include <gtest/gtest.h>

namespace gatehouse::limits {
namespace {

class NewcomersTest : public testing::Test {
 protected:
  std::string_view client(std::string_view name, std::int32_t day, bool vouched = false) {
    return newcomers_.counted_as({.client = name, .vouched = vouched}, day, tags_).client;
  }
  std::string_view key(std::string_view name) {
    return newcomers_.counted_as({.key = name, .vouched = false}, 1, tags_).key;
  }

  std::vector<core::Tag> tags_;
  Newcomers newcomers_{2};
};

TEST_F(NewcomersTest, TheFirstOfADayAreToldApartAndStaySo) {
  EXPECT_EQ(client("a", 1), "a");
  EXPECT_EQ(client("b", 1), "b");
  EXPECT_EQ(client("c", 1), Newcomers::kOthers);
  EXPECT_EQ(client("a", 1), "a");
  EXPECT_EQ(client("c", 1), Newcomers::kOthers);
  EXPECT_EQ(newcomers_.of_others(), 2u);
}

TEST_F(NewcomersTest, EachDayBeginsAnew) {
  for (const char* name : {"a", "b"}) client(name, 1);
  EXPECT_EQ(client("c", 1), Newcomers::kOthers);
  EXPECT_EQ(client("c", 2), "c");
}

TEST_F(NewcomersTest, KeysAndClientsHavePlacesOfTheirOwn) {
  for (const char* name : {"a", "b", "c"}) client(name, 1);
  EXPECT_EQ(key("k"), "k");
  EXPECT_EQ(key(""), "") << "no name is no newcomer";
  EXPECT_EQ(key("l"), "l");
  EXPECT_EQ(key("m"), Newcomers::kOthers);
}

TEST_F(NewcomersTest, WhomAKeyVouchesForIsAlwaysToldApart) {
  for (const char* name : {"a", "b", "c"}) client(name, 1);
  EXPECT_EQ(client("d", 1, true), "d");
}

TEST_F(NewcomersTest, ANameThatLooksLikeAnAccountUnderAnotherLineIsNotToldApart) {
  EXPECT_EQ(client("a\x1f{}", 1), Newcomers::kOthers);
}

TEST_F(NewcomersTest, TagsHaveValuesOfTheirOwn) {
  tags_ = {{"env", "a"}, {"project", "a"}, {"project", "b"}, {"none", ""}};
  std::vector<std::string> counted;
  for (const core::Tag& tag : newcomers_.counted_as({.tags = tags_}, 1, tags_).tags) counted.emplace_back(tag.value);
  EXPECT_EQ(counted, (std::vector<std::string>{"a", "a", std::string(Newcomers::kOthers), ""}));
}

}  // namespace
}  // namespace gatehouse::limits
