// What an endpoint is told of its query, and which queries it never sees.
#include "handlers/routing/query.h"

#include <gtest/gtest.h>

#include <array>

namespace gatehouse::handlers {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"since", "by", "retry?"};

std::string refusal(const std::string& target) {
  const core::Result<Query> query = Query::read(target, kKnown);
  if (query.ok()) return "taken";
  EXPECT_EQ(query.status().code(), core::Code::invalid_request);
  return std::string(query.status().message());
}

std::string param(const std::string& target) { return Query::read(target, kKnown).status().failure().param; }

TEST(Query, ValuesAreDecoded) {
  const core::Result<Query> query = Query::read("/usage?by=day%2Cclient&since=20+27&&retry", kKnown);
  ASSERT_TRUE(query.ok()) << query.status().message();
  EXPECT_EQ(query->value("by"), "day,client");
  EXPECT_EQ(query->value("since"), "20 27");
  EXPECT_TRUE(query->given("retry"));
}

TEST(Query, NoneIsFine) {
  for (const char* target : {"/usage", "/usage?", "/usage?&"}) {
    const core::Result<Query> query = Query::read(target, kKnown);
    ASSERT_TRUE(query.ok()) << target;
    EXPECT_FALSE(query->given("by"));
    EXPECT_EQ(query->value("by"), "");
  }
}

TEST(Query, AFlagStandsAloneOrIsOne) {
  for (const char* target : {"/x?retry", "/x?retry=", "/x?retry=1"}) EXPECT_EQ(refusal(target), "taken") << target;
  EXPECT_EQ(refusal("/x?retry=0"), "The query parameter 'retry' stands alone or is 1");
}

struct Case {
  std::string query;
  std::string param;
  std::string says;
};

TEST(Query, WhatIsWrongIsRefusedByName) {
  for (const Case& wrong : {
           Case{"by=%zz", "by", "holds a '%' that two hexadecimal digits do not follow"},
           Case{"by=%", "by", "holds a '%'"},
           Case{"by=day%4", "by", "holds a '%'"},
           Case{"by=%00", "by", "holds a control character"},
           Case{"by=a%0d%0ab", "by", "holds a control character"},
           Case{"by=%7F", "by", "holds a control character"},
           Case{"by=%ff%fe", "by", "is not valid UTF-8"},
           Case{"by=%c0%af", "by", "is not valid UTF-8"},
           Case{"by=day&by=day", "by", "is given more than once"},
           Case{"retry&retry", "retry", "is given more than once"},
           Case{"b%79=day&by=day", "by", "is given more than once"},
           Case{"by", "by", "is empty; give it a value or leave it out"},
           Case{"by=", "by", "is empty"},
           Case{"since=2027-01-01&by=", "by", "is empty"},
           Case{"by=" + std::string(Query::kLongest + 1, 'x'), "by", "is too long"},
           Case{"by=" + std::string(100'000, 'x'), "by", "is too long"},
           Case{"colour=red", "colour", "is not known here; known are: since, by, retry"},
           Case{"BY=day", "BY", "is not known here"},
           Case{"=day", "", "is not known here"},
       }) {
    const std::string target = "/usage?" + wrong.query, shown = wrong.query.substr(0, 40);
    EXPECT_EQ(param(target), wrong.param) << shown;
    EXPECT_TRUE(refusal(target).starts_with("The query parameter '" + wrong.param + "' " + wrong.says))
        << shown << ": " << refusal(target);
  }
}

TEST(Query, ANameThatIsNoTextIsNotRepeated) {
  EXPECT_EQ(refusal("/x?%ff=1"), "A query parameter's name is not valid UTF-8");
  EXPECT_EQ(refusal("/x?%zz=1"), "A query parameter's name holds a '%' that two hexadecimal digits do not follow");
  EXPECT_LT(refusal("/x?" + std::string(10'000, 'n') + "=1").size(), 200U);
}

TEST(Query, AnEndpointWithoutParametersSaysSo) {
  EXPECT_EQ(Query::read("/x?a=1", {}).status().message(), "The query parameter 'a' is not known here; there is none");
}

}  // namespace
}  // namespace gatehouse::handlers
