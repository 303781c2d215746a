#include "dialects/gateway_chat.h"

#include <gtest/gtest.h>

namespace gatehouse::dialects {
namespace {

core::Result<Question> read(std::string_view body) { return GatewayChat().read(core::PaddedBytes(body)); }

TEST(GatewayChat, TakesItsOwnFieldsOutAndLeavesTheOthers) {
  const auto question = read(R"({"client_id":"dev","model":"m","messages":[{"role":"user","content":"x"}],)"
                             R"("metadata":{"request_id":"r-1","team":"a"},"temperature":0.50})");
  ASSERT_TRUE(question.ok()) << question.status().message();
  EXPECT_EQ(question->client_id, "dev");
  EXPECT_EQ(question->caller_id, "r-1");
  EXPECT_EQ(question->request.json(),
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"team":"a"},"temperature":0.50})");
}

TEST(GatewayChat, MetadataThatIsOnlyOursGoesWhole) {
  const auto question =
      read(R"({"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"request_id":"r"}})");
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(question->request.member("metadata"), nullptr);
}

TEST(GatewayChat, RefusesWhatItCannotServe) {
  const std::string rest = R"("model":"m","messages":[{"role":"user","content":"x"}]})";
  for (const std::string field :
       {R"("client_id":7)", R"("client_id":"")", R"("metadata":"x")", R"("metadata":[1])", R"("n":2)"}) {
    const auto question = read("{" + field + "," + rest);
    ASSERT_FALSE(question.ok()) << field;
    EXPECT_EQ(question.status().code(), core::Code::invalid_request);
    EXPECT_FALSE(question.status().failure().param.empty());
  }
}

TEST(GatewayChat, SaysHowAnAnswerEndedOnlyWhenItWasCut) {
  core::Reply reply;
  reply.choices[0] = {"hi", {}, {}, "stop", "", ""};
  reply.usage = {42, 38, 0, 0, 0, true};
  const auto request =
      core::ChatRequest::parse(core::PaddedBytes(R"({"model":"m","messages":[{"role":"user","content":"x"}]})"));
  const AnswerHead head{"gw-req-1", "default-chat", "openai", "gpt", 0};
  std::string whole;
  ASSERT_TRUE(GatewayChat().whole(head, *request, reply, whole).ok());
  EXPECT_EQ(whole, R"({"id":"gw-req-1","model":"default-chat","provider":"openai",)"
                   R"("usage":{"prompt_tokens":42,"completion_tokens":38,"total_tokens":80},)"
                   R"("message":{"role":"assistant","content":"hi"}})");
  reply.choices[0].finish_reason = "length";
  std::string cut;
  ASSERT_TRUE(GatewayChat().whole(head, *request, reply, cut).ok());
  EXPECT_NE(cut.find(R"("finish_reason":"length")"), std::string::npos);
}

TEST(GatewayChat, ErrorsToTheLetter) {
  core::Failure limit;
  limit.code = core::Code::rate_limited;
  limit.message = "Request rate exceeded for client_id dev-local-1";
  limit.reason = "requests";
  std::string out;
  append_gateway_error(core::Status(limit), out);
  EXPECT_EQ(out,
            R"({"error":{"type":"rate_limit_exceeded","message":"Request rate exceeded for client_id dev-local-1"}})");
  core::Failure denial;
  denial.code = core::Code::denied;
  denial.message = "no";
  denial.policy = "model_access";
  denial.reason = "model_disabled";
  out.clear();
  append_gateway_error(core::Status(denial), out);
  EXPECT_EQ(out,
            R"({"error":{"type":"policy_denied","message":"no","policy":"model_access","code":"model_disabled"}})");
}

}  // namespace
}  // namespace gatehouse::dialects
