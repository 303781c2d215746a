#include "core/route/retry.h"

#include <gtest/gtest.h>

#include <string>

#include "core/route/route.h"

namespace gatehouse::core {
namespace {

using namespace std::chrono_literals;

TEST(NextAfterTest, WhatAFailureLeadsTo) {
  struct Case {
    Code code;
    int upstream_status;
    Next next;
    Breaker::Health health;
  };
  using enum Next;
  using enum Breaker::Health;
  for (const Case& one : std::initializer_list<Case>{
           {Code::upstream_unreachable, 0, again, bad},
           {Code::upstream_timeout, 0, elsewhere, bad},
           {Code::upstream_failed, 0, again, bad},    // hung up before it answered
           {Code::upstream_failed, 200, again, bad},  // nonsense, or nothing at all
           {Code::upstream_failed, 302, elsewhere, bad},
           {Code::upstream_failed, 401, elsewhere, bad},
           {Code::upstream_failed, 404, elsewhere, bad},
           {Code::upstream_failed, 408, again, bad},
           {Code::upstream_failed, 503, again, bad},
           {Code::rate_limited, 429, again, unknown},
           {Code::invalid_request, 400, stop, good},
           {Code::invalid_request, 0, elsewhere, unknown},  // the codec cannot say it
           {Code::internal, 0, elsewhere, unknown},
           {Code::client_gone, 0, stop, unknown},
           {Code::overloaded, 0, stop, unknown},  // draining
           {Code::denied, 200, stop, unknown},
       }) {
    const Status status(one.code, "");
    EXPECT_EQ(next_after(status, one.upstream_status), one.next) << info(one.code).type << one.upstream_status;
    EXPECT_EQ(health_after(status, one.upstream_status), one.health) << info(one.code).type << one.upstream_status;
  }
  EXPECT_EQ(health_after({}, 200), good);
}

TEST(NextAfterTest, AnEmptyAccountIsNotAskedAgain) {
  Status status(Code::rate_limited, "");
  status.failure().retry_useless = true;
  EXPECT_EQ(next_after(status, 429), Next::elsewhere);
}

TEST(NextAfterTest, HalfAnAnswerIsNotAskedForAgain) {
  for (const Code code : {Code::upstream_failed, Code::upstream_timeout}) {
    Status status(code, "");
    status.failure().half_answered = true;
    EXPECT_EQ(next_after(status, 200), Next::stop);
  }
}

TEST(NextAfterTest, ARefusalForItsLengthOrContentIsForMarkedTargetsAndHarmsNobody) {
  for (const auto code : {Code::invalid_request, Code::upstream_failed}) {
    for (const auto refusal : {Refusal::context_length, Refusal::content_filter}) {
      Status status(code, "");
      status.failure().refusal = refusal;
      for (const int upstream_status : {200, 400, 500}) {
        EXPECT_EQ(next_after(status, upstream_status), Next::marked);
        EXPECT_EQ(health_after(status, upstream_status), Breaker::Health::good);
      }
      EXPECT_EQ(health_after(status, 0), Breaker::Health::unknown) << "by an engine in this process";
      status.failure().half_answered = true;
      EXPECT_EQ(next_after(status, 200), Next::stop);
    }
  }
  EXPECT_EQ(next_after(withheld("one"), 200), Next::marked);
}

class RetryPlanTest : public ::testing::Test {
 protected:
  // The next target's model and what is waited before it; "" when it is over.
  std::string step(RetryPlan& plan) {
    const auto next = plan.next(now_);
    if (!next) return "";
    waited_ = next->wait;
    now_ += waited_;
    return next->target->model + std::to_string(next->number);
  }
  void fail(RetryPlan& plan, Next next = Next::again, std::chrono::milliseconds retry_after = 0ms) {
    plan.failed(next, retry_after, now_);
  }

  Route route_{"alias", {{nullptr, "a", 1}, {nullptr, "b", 0}, {nullptr, "c", 0}}, {2, 100ms, 1s}};
  RetryPlan::Clock::time_point now_{};
  RetryPlan::Clock::duration waited_{};
};

TEST_F(RetryPlanTest, EveryTargetOnceBeforeAnyWait) {
  RetryPlan plan(route_, 0);
  for (const char* expected : {"a1", "b1", "c1"}) {
    EXPECT_EQ(step(plan), expected);
    EXPECT_EQ(waited_, 0s);
    fail(plan);
  }
  EXPECT_EQ(step(plan), "a2");
  EXPECT_GE(waited_, 50ms);
  EXPECT_LE(waited_, 100ms);
  fail(plan);
  EXPECT_EQ(step(plan), "b2");
  fail(plan);
  EXPECT_EQ(step(plan), "c2");
  fail(plan);
  EXPECT_EQ(step(plan), "");
}

TEST_F(RetryPlanTest, TheFirstIsDrawnByWeightAndTheOthersFollowAsWritten) {
  route_.targets[2].weight = 1;
  RetryPlan plan(route_, 1);
  for (const char* expected : {"c1", "a1", "b1"}) {
    EXPECT_EQ(step(plan), expected);
    fail(plan, Next::elsewhere);
  }
  EXPECT_EQ(step(plan), "");
}

TEST_F(RetryPlanTest, ARefusalLeavesThoseThatAreMarkedForIt) {
  route_.targets[2].fallback_on.add(Refusal::context_length);
  route_.targets[1].fallback_on.add(Refusal::content_filter);
  RetryPlan plan(route_, 0);
  EXPECT_EQ(step(plan), "a1");
  plan.refused(Refusal::context_length);
  EXPECT_EQ(step(plan), "c1");
  fail(plan);
  EXPECT_EQ(step(plan), "c2") << "it takes part as any other";
  fail(plan);
  EXPECT_EQ(step(plan), "");
}

TEST_F(RetryPlanTest, ARefusalIsFinalWhereNobodyIsMarkedForIt) {
  route_.targets[0].fallback_on.add(Refusal::context_length);  // what has refused is not asked again
  route_.targets[1].fallback_on.add(Refusal::content_filter);
  RetryPlan plan(route_, 0);
  EXPECT_EQ(step(plan), "a1");
  plan.refused(Refusal::context_length);
  EXPECT_EQ(step(plan), "");
}

TEST_F(RetryPlanTest, AMarkedTargetThatHadFailedBeforeIsAskedAgain) {
  route_.targets[0].fallback_on.add(Refusal::content_filter);
  RetryPlan plan(route_, 0);
  step(plan), fail(plan);
  EXPECT_EQ(step(plan), "b1");
  plan.refused(Refusal::content_filter);
  EXPECT_EQ(step(plan), "a2");
}

TEST_F(RetryPlanTest, AStepSaysWhichRefusalsOthersMayBeAskedAfter) {
  route_.retry.attempts = 1;
  route_.targets[1].fallback_on.add(Refusal::content_filter);
  RetryPlan plan(route_, 0);
  const auto first = plan.next(now_);
  EXPECT_TRUE(first->fallbacks.has(Refusal::content_filter));
  EXPECT_FALSE(first->fallbacks.has(Refusal::context_length));
  EXPECT_FALSE(first->fallbacks.has(Refusal::none));
  fail(plan);
  EXPECT_EQ(plan.next(now_)->fallbacks, Refusals()) << "it is the marked one itself";
}

TEST_F(RetryPlanTest, RetryAfterIsHonouredAndTheSoonestGoesFirst) {
  RetryPlan plan(route_, 0);
  step(plan), fail(plan, Next::again, 900ms);
  step(plan), fail(plan, Next::again, 400ms);
  step(plan), fail(plan, Next::again, 1001ms);  // more than max_wait
  EXPECT_EQ(step(plan), "b2");
  EXPECT_EQ(waited_, 400ms);
  fail(plan);
  EXPECT_EQ(step(plan), "a2");
  EXPECT_EQ(waited_, 500ms);
  fail(plan);
  EXPECT_EQ(step(plan), "");
}

TEST_F(RetryPlanTest, TheBackoffDoublesUpToTheLongestWait) {
  route_.targets.resize(1);
  route_.retry = {10, 100ms, 1s};
  RetryPlan plan(route_, 0);
  EXPECT_EQ(step(plan), "a1");
  for (const auto longest : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    fail(plan);
    ASSERT_NE(step(plan), "");
    EXPECT_GE(waited_, longest / 2);
    EXPECT_LE(waited_, longest);
  }
}

}  // namespace
}  // namespace gatehouse::core
