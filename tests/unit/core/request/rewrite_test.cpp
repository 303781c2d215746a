#include "core/request/rewrite.h"

#include <gtest/gtest.h>

namespace gatehouse::core {
namespace {

TEST(Rewrite, ChangesWhatItShouldAndNothingElse) {
  const auto request = ChatRequest::parse(
      PaddedBytes(R"({"client_id":"c","model":"alias","messages":[{"role":"user","content":"\u00e9"}],"t":1.50})"));
  ASSERT_TRUE(request.ok());
  const Change changes[] = {
      {"model", R"("real")"}, {"client_id", std::nullopt}, {"added", "[1]"}, {"absent", std::nullopt}};
  EXPECT_EQ(rewrite(*request, changes),
            R"({"model":"real","messages":[{"role":"user","content":"\u00e9"}],"t":1.50,"added":[1]})");
}

TEST(Rewrite, AProviderHasItsOwnNameOfTheModelAndIsAskedForUsage) {
  const auto sent = [](const std::string& fields) {
    const auto request =
        ChatRequest::parse(PaddedBytes(R"({"model":"alias","messages":[{"role":"user"}])" + fields + "}"));
    return request.ok() ? rewritten_for("its \"own\"", *request) : std::string(request.status().message());
  };
  const std::string own = R"({"model":"its \"own\"","messages":[{"role":"user"}])";
  EXPECT_EQ(sent(""), own + "}");
  EXPECT_EQ(sent(R"(,"stream":true)"), own + R"(,"stream":true,"stream_options":{"include_usage":true}})");
  const std::string asked = R"(,"stream":true,"stream_options":{"include_usage":true,"x":1})";
  EXPECT_EQ(sent(asked), own + asked + "}") << "as the caller wrote it";
}

TEST(Rewrite, AnAnswerIsBoundedByTheNameThatItsModelKnows) {
  const auto sent = [](const std::string& model, const std::string& fields) {
    const auto request =
        ChatRequest::parse(PaddedBytes(R"({"model":"alias","messages":[{"role":"user"}])" + fields + "}"));
    return request.ok() ? rewritten_for(model, *request, 100) : std::string(request.status().message());
  };
  const std::string messages = R"(,"messages":[{"role":"user"}])";
  EXPECT_EQ(sent("m", ""), R"({"model":"m")" + messages + R"(,"max_tokens":100})");
  EXPECT_EQ(sent("gpt-5-mini", ""), R"({"model":"gpt-5-mini")" + messages + R"(,"max_completion_tokens":100})");
  EXPECT_EQ(sent("openai/o3", ""), R"({"model":"openai/o3")" + messages + R"(,"max_completion_tokens":100})");
  EXPECT_EQ(sent("m", R"(,"max_tokens":null)"), R"({"model":"m")" + messages + R"(,"max_tokens":100})");
  EXPECT_EQ(sent("m", R"(,"max_tokens":7)"), R"({"model":"m")" + messages + R"(,"max_tokens":7})") << "his own stays";
  EXPECT_EQ(sent("m", R"(,"max_completion_tokens":7)"), R"({"model":"m")" + messages + R"(,"max_completion_tokens":7})");
}

}  // namespace
}  // namespace gatehouse::core
