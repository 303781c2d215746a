// Which endpoint is asked, and who is refused before.
#include "handlers/routing/router.h"

#include <gmock/gmock.h>

#include "answering_server.h"
#include "handlers/routing/answer.h"
#include "handlers/routing/bearer.h"
#include "handlers/routing/health.h"

namespace gatehouse::handlers {
namespace {

using testing::HasSubstr;
using testing::Not;

class RouterTest : public AnsweringServer {
 protected:
  // An endpoint that says its own name.
  static Endpoint named(const std::string& name) {
    return [name](net::Request&, net::Response& response, const Visitor& visitor) {
      send_json(response, 200, visitor.id, '"' + name + '"');
    };
  }
};

TEST_F(RouterTest, APathAndAMethodFindTheirEndpoint) {
  router.add("GET", "/keys", named("list"));
  router.add("POST", "/keys", named("create"));
  router.add("GET", "/keys/*", named("one"));
  EXPECT_THAT(ask("GET /keys"), HasSubstr("\"list\""));
  EXPECT_THAT(ask("POST /keys?a=b"), HasSubstr("\"create\""));
  EXPECT_THAT(ask("GET /keys/a/b"), HasSubstr("\"one\""));
  EXPECT_EQ(status_of(ask("GET /keys/")), 404);
  EXPECT_EQ(status_of(ask("GET /Keys")), 404);
}

TEST_F(RouterTest, HeadGoesWhereGetGoesAndBringsNoBody) {
  router.add("GET", "/keys", named("list"));
  const std::string answer = ask("HEAD /keys");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, Not(HasSubstr("\"list\"")));
}

TEST_F(RouterTest, AWrongMethodIsToldTheRightOnes) {
  router.add("GET", "/keys", named("list"));
  router.add("POST", "/keys", named("create"));
  const std::string answer = ask("DELETE /keys");
  EXPECT_EQ(status_of(answer), 405);
  EXPECT_THAT(answer, HasSubstr("allow: GET, POST\r\n"));
}

TEST_F(RouterTest, EveryAnswerCarriesTheRequestsId) {
  router.add("GET", "/keys", named("list"));
  EXPECT_THAT(ask("GET /keys", "x-request-id: mine-7\r\n"), HasSubstr("x-request-id: mine-7\r\n"));
  EXPECT_THAT(ask("GET /none", "x-request-id: mine-7\r\n"), HasSubstr("x-request-id: mine-7\r\n"));
  EXPECT_THAT(ask("GET /keys", "x-request-id: no good\r\n"), HasSubstr("x-request-id: gw-req-"));
  EXPECT_THAT(ask("GET /keys"), HasSubstr("x-request-id: gw-req-"));
}

TEST_F(RouterTest, TheGuardIsAskedBeforeAnythingIsSaidOfAPath) {
  router.add("GET", "/keys", named("list"));
  router.add("GET", "/open", named("open"));
  router.open("/open");
  router.guard([](const net::Request& request) {
    return bearer(request.header("authorization")) == "right" ? core::Status()
                                                               : core::Status(core::Code::unauthenticated, "Who?");
  });
  EXPECT_EQ(status_of(ask("GET /open")), 200);
  for (const char* line : {"GET /keys", "DELETE /keys", "GET /none"}) {
    EXPECT_EQ(status_of(ask(line)), 401) << line;
    EXPECT_THAT(ask(line), HasSubstr("www-authenticate: Bearer\r\n")) << line;
  }
  for (const char* scheme : {"Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "})
    EXPECT_EQ(status_of(ask("GET /keys", "authorization: " + std::string(scheme) + " right\r\n")), 200) << scheme;
  for (const char* field : {"right", "Basic right", "Bearerright", "Bearer wrong", "Bearer"})
    EXPECT_EQ(status_of(ask("GET /keys", "authorization: " + std::string(field) + "\r\n")), 401) << field;
}

TEST_F(RouterTest, AGateSeesTheHeadAloneAndItsFindingsReachTheEndpoint) {
  router.add(
      "POST", "/keys",
      [](net::Request& request, net::Response& response, const Visitor& visitor) {
        EXPECT_EQ(request.body(), "hello");
        send_json(response, 200, visitor.id, visitor.caller.client_id);
      },
      [](const net::Request& request, net::Response& response, Visitor& visitor) {
        visitor.caller.client_id = "the client of " + std::string(request.header("x-api-key"));
        if (request.header("x-api-key") == "good") return true;
        send_json(response, 401, visitor.id, "no");
        return false;
      });
  EXPECT_THAT(ask_in_two("POST /keys", "x-api-key: good\r\n", "hello"), HasSubstr("the client of good"));
  EXPECT_EQ(status_of(ask_in_two("POST /keys", "x-api-key: bad\r\n", "")), 401);
  EXPECT_EQ(status_of(ask_in_two("POST /none", "", "")), 404);
  EXPECT_EQ(status_of(ask_in_two("PUT /keys", "", "")), 405);
}

TEST_F(RouterTest, AnUnknownMethodIsToldApartFromAnUnknownPath) {
  router.add("GET", "/keys", named("list"));
  EXPECT_EQ(status_of(ask("BREW /none")), 501);
  EXPECT_EQ(status_of(ask("PATCH /none")), 404);
  EXPECT_EQ(status_of(ask("BREW /keys")), 405);
}

TEST_F(RouterTest, ReadinessEndsWhenThereIsAReason) {
  std::string_view reason;
  add_health(router, [&] { return reason; });
  EXPECT_EQ(status_of(ask("GET /healthz?probe=1")), 200);
  EXPECT_EQ(status_of(ask("GET /readyz")), 200);
  reason = "draining";
  EXPECT_EQ(status_of(ask("GET /healthz")), 200);
  EXPECT_EQ(status_of(ask("GET /readyz")), 503);
  EXPECT_THAT(ask("GET /readyz"), HasSubstr("draining"));
}

}  // namespace
}  // namespace gatehouse::handlers
