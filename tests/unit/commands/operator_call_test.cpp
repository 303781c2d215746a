// How a command asks the gateway that runs: a real server, which says what it was asked.
#include "commands/operator_call.h"

#include <gmock/gmock.h>

#include "handlers/routing/answer.h"
#include "handlers/routing/router.h"
#include "net/front/server.h"

namespace gatehouse::commands {
namespace {

using testing::HasSubstr;

class OperatorCall : public testing::Test {
 protected:
  void SetUp() override {
    router.add("POST", "/admin/reload", [](net::Request& request, net::Response& response, auto& visitor) {
      handlers::send_json(response, 422, visitor.id, '"' + std::string(request.header("authorization")) + '"');
    });
    ASSERT_TRUE(server.start().ok());
    admin.listen = {"127.0.0.1", server.port()};
  }

  handlers::Router router{{"127.0.0.1", {}, {}}};
  net::Server server{{}, router};
  config::AdminSettings admin;
};

TEST_F(OperatorCall, TheTokenGoesAlongAndTheAnswerComesBack) {
  admin.token = config::Secret("s3cret");
  const core::Result<OperatorAnswer> answer = ask_gateway(admin, "POST", "/admin/reload");
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->status, 422);
  EXPECT_EQ(answer->body, "\"Bearer s3cret\"");
}

TEST_F(OperatorCall, WithoutATokenNoneIsSent) {
  EXPECT_EQ(ask_gateway(admin, "POST", "/admin/reload")->body, "\"\"");
}

TEST_F(OperatorCall, AGatewayThatListensEverywhereIsAskedOnLoopback) {
  admin.listen.host = "0.0.0.0";
  EXPECT_EQ(ask_gateway(admin, "POST", "/admin/reload")->status, 422);
}

TEST_F(OperatorCall, WhereNobodyListensTheAddressIsNamed) {
  net::Server closed{{}, router};
  ASSERT_TRUE(closed.start().ok());
  admin.listen.port = closed.port();
  closed.stop_accepting();
  const core::Result<OperatorAnswer> answer = ask_gateway(admin, "GET", "/");
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(std::string(answer.status().message()),
              HasSubstr("no gateway answers on 127.0.0.1:" + std::to_string(admin.listen.port)));
}

}  // namespace
}  // namespace gatehouse::commands
