// RFC 9110 and 9112, held against a real connection.
#include "http_rules.h"

#include <gtest/gtest.h>

#include "server_fixture.h"

namespace gatehouse::net {
namespace {

class HttpRules : public ServerTest, public testing::WithParamInterface<HttpRule> {};

TEST_P(HttpRules, IsHeldAndTheConnectionEnds) {
  start(options());
  RawClient client = connect();
  client.send(GetParam().bytes);
  const std::string answers = client.receive_all();
  EXPECT_EQ(statuses(answers), GetParam().statuses) << answers;
  EXPECT_FALSE(client.reset());  // nor did it stay open
}
INSTANTIATE_TEST_SUITE_P(, HttpRules, testing::ValuesIn(http_rules()),
                         [](const auto& rule) { return rule.param.name; });

}  // namespace
}  // namespace gatehouse::net
