#include "modules/abi/outcome.h"

#include <gtest/gtest.h>

#include <cstring>

namespace gatehouse::modules {
namespace {

core::Status status_of(gh_status status, std::uint32_t http_status = 0) {
  CallError error;
  error.raw()->http_status = http_status;
  error.raw()->retry_after_ms = 250;
  std::strcpy(error.raw()->code, "the_code");
  std::strcpy(error.raw()->message, "the reason");
  std::strcpy(error.raw()->param, "messages[2].content");
  return error.to_status(status, "openai");
}

TEST(CallError, GivesEveryStatusItsCode) {
  EXPECT_TRUE(status_of(GH_OK).ok());
  EXPECT_EQ(status_of(GH_EINVAL).code(), core::Code::invalid_request);
  EXPECT_EQ(status_of(GH_ECONFIG).code(), core::Code::config);
  EXPECT_EQ(status_of(GH_EUPSTREAM).code(), core::Code::upstream_failed);
  EXPECT_EQ(status_of(GH_ERETRY).code(), core::Code::upstream_failed);
  EXPECT_EQ(status_of(GH_ERETRY, 429).code(), core::Code::rate_limited);
  EXPECT_EQ(status_of(GH_ECANCELLED).code(), core::Code::client_gone);
  EXPECT_EQ(status_of(GH_EINTERNAL).code(), core::Code::internal);
  EXPECT_EQ(status_of(-1).code(), core::Code::internal);
}

TEST(CallError, TellsAFailureThatMayPassFromOneThatWillNot) {
  EXPECT_FALSE(status_of(GH_ERETRY).failure().retry_useless);
  EXPECT_TRUE(status_of(GH_EUPSTREAM).failure().retry_useless);
}

TEST(CallError, KeepsWhatThePluginSaid) {
  const core::Status status = status_of(GH_EUPSTREAM, 404);
  EXPECT_EQ(status.message(), "openai: the reason");
  EXPECT_EQ(status.failure().reason, "the_code");
  EXPECT_EQ(status.failure().param, "messages[2].content");
  EXPECT_EQ(status.failure().retry_after, std::chrono::milliseconds(250));
  EXPECT_EQ(status.http_status(), 404);
}

TEST(CallError, TakesNoStatusThatIsNotAnError) {
  for (const std::uint32_t http_status : {0u, 200u, 399u, 600u, 4'000'000'000u}) {
    EXPECT_EQ(status_of(GH_EUPSTREAM, http_status).failure().http_status, 0) << http_status;
  }
}

TEST(CallError, KnowsWhyAProviderRefused) {
  const auto refusal_of = [](std::uint32_t flags) {
    CallError error;
    error.raw()->flags = flags;
    return error.to_status(GH_EINVAL, "x").failure().refusal;
  };
  EXPECT_EQ(refusal_of(0), core::Refusal::none);
  EXPECT_EQ(refusal_of(GH_ERROR_REFUSED), core::Refusal::none);
  EXPECT_EQ(refusal_of(GH_ERROR_CONTEXT_LENGTH), core::Refusal::context_length);
  EXPECT_EQ(refusal_of(GH_ERROR_CONTENT_FILTER | GH_ERROR_REFUSED), core::Refusal::content_filter);
  EXPECT_EQ(refusal_of(0xFFFFFFF8), core::Refusal::none) << "of a later version";
}

TEST(CallError, SaysSoWhenNoReasonIsGiven) {
  EXPECT_EQ(CallError().to_status(GH_EINTERNAL, "x").message(), "x: the plugin gave no reason");
}

}  // namespace
}  // namespace gatehouse::modules
