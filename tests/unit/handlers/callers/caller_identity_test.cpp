// Who a request is from, by its credential, its header and its body.
#include "handlers/callers/caller_identity.h"

#include <gmock/gmock.h>

#include "../routing/answering_server.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kLongAgo = 1'000, kFarAhead = 100'000'000'000;

class CallerIdentity : public AnsweringServer {
 protected:
  void SetUp() override {
    keys.replace({stored("good", "key-1", kFarAhead, false), stored("old", "key-2", kLongAgo, false),
                  stored("gone", "key-3", kFarAhead, true)});
  }
  store::StoredKey stored(std::string_view key, const char* id, std::int64_t expires, bool revoked) const {
    store::StoredKey one;
    one.terms.id = id;
    one.terms.client = "web";
    one.terms.expires = expires;
    one.terms.revoked = revoked;
    one.digest = keys.hash()(key);
    return one;
  }
  // Serves "KEY CLIENT", or the refusal.
  void identify_by(config::Auth auth, const std::string& claimed = "") {
    router.add("GET", "/", [=, this](net::Request& request, net::Response& response, const Visitor& visitor) {
      core::Result<core::Caller> caller = authenticate(request, auth, keys);
      if (!caller.ok()) return send_error(response, caller.status(), visitor.id);
      if (const core::Status known = identify(request, claimed, *caller); !known.ok())
        return send_error(response, known, visitor.id);
      send_json(response, 200, visitor.id,
                '"' + (caller->terms ? caller->terms->id : "-") + " " + caller->client_id + '"');
    });
  }

  store::KeyRing keys{store::KeyHash("0123456789abcdef0123456789abcdef")};
};

TEST_F(CallerIdentity, AKeyIsTakenFromAnyDialectsField) {
  identify_by(config::Auth::keys);
  for (const char* field : {"authorization: Bearer good", "authorization: bearer good", "x-api-key: good",
                            "api-key: good", "x-goog-api-key: good"}) {
    EXPECT_THAT(ask("GET /", std::string(field) + "\r\n"), HasSubstr("\"key-1 web\"")) << field;
  }
  EXPECT_THAT(ask("GET /", "authorization: Bearer good\r\nx-api-key: good\r\n"), HasSubstr("\"key-1 web\""));
}

TEST_F(CallerIdentity, WhoIsNotLetIn) {
  identify_by(config::Auth::keys);
  for (const char* field : {"", "authorization: Basic good\r\n", "x-api-key: unknown\r\n", "x-api-key: old\r\n",
                            "x-api-key: gone\r\n"}) {
    EXPECT_EQ(status_of(ask("GET /", field)), 401) << field;
  }
  EXPECT_EQ(status_of(ask("GET /", "authorization: Bearer good\r\nx-api-key: old\r\n")), 400);
}

TEST_F(CallerIdentity, AnOpenGatewayKnowsItsKeysAllTheSame) {
  identify_by(config::Auth::open);
  EXPECT_THAT(ask("GET /", "x-client-id: app\r\n"), HasSubstr("\"- app\""));
  EXPECT_THAT(ask("GET /", "x-client-id: app\r\nx-api-key: unknown\r\n"), HasSubstr("\"- app\""));
  EXPECT_THAT(ask("GET /", "x-client-id: app\r\nx-api-key: good\r\n"), HasSubstr("\"key-1 web\""));
  EXPECT_EQ(status_of(ask("GET /", "x-api-key: gone\r\n")), 401);
  EXPECT_EQ(status_of(ask("GET /", "x-api-key: old\r\n")), 401);
}

TEST_F(CallerIdentity, ABodyThatNamesAnotherClientIsRefused) {
  identify_by(config::Auth::open, "app");
  EXPECT_THAT(ask("GET /"), HasSubstr("\"- app\""));
  EXPECT_THAT(ask("GET /", "x-client-id: app\r\n"), HasSubstr("\"- app\""));
  EXPECT_NE(status_of(ask("GET /", "x-client-id: other\r\n")), 200);
  EXPECT_EQ(status_of(ask("GET /", "x-api-key: good\r\n")), 403);
}

TEST_F(CallerIdentity, AClientIdIsShortAndPrintable) {
  identify_by(config::Auth::open);
  EXPECT_EQ(status_of(ask("GET /", "x-client-id: " + std::string(128, 'a') + "\r\n")), 200);
  EXPECT_EQ(status_of(ask("GET /", "x-client-id: " + std::string(129, 'a') + "\r\n")), 400);
  EXPECT_EQ(status_of(ask("GET /", "x-client-id: a b\r\n")), 400);
}

}  // namespace
}  // namespace gatehouse::handlers
