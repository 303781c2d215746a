#include "limits/bill/bill.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "../fake_clock.h"

namespace gatehouse::limits {
namespace {

using core::Code;
using core::Event;
using core::Status;

constexpr Subject kDev{"dev", "k1", "m"};
constexpr core::Price kPrice{{1'000'000, 2'000'000, 1'000'000, 1'000'000, 2'000'000}};  // $1 in, $2 out, a million
constexpr std::int64_t kIn = 1'000, kOut = 2'000;                                       // nano-dollars a token

// 200 tokens in by our guess.
core::ChatRequest request(const std::string& members = R"("max_tokens":100,)") {
  auto request = core::ChatRequest::parse(core::PaddedBytes(
      R"({"model":"m",)" + members + R"("messages":[{"role":"user","content":")" + std::string(646, 'x') + "\"}]}"));
  EXPECT_TRUE(request.ok()) << request.status().message();
  return *std::move(request);
}

struct Swallow final : core::ReplySink {
  Status on_chunk(const core::Chunk&) override { return {}; }
};

// What a provider says on its way to the meter.
class Reply {
 public:
  Reply& text(std::string_view text) { return chunk({Event::Kind::text, 0, 0, text, {}, {}, {}}); }
  Reply& usage(std::uint64_t input, std::uint64_t output) {
    return chunk({Event::Kind::usage, 0, 0, {}, {}, {}, {input, output}});
  }
  Reply& finish() { return chunk({Event::Kind::finish, 0, 0, "stop", {}, {}, {}}); }
  const core::ReplyMeter& meter() const { return meter_; }

 private:
  Reply& chunk(const Event& event) {
    EXPECT_TRUE(meter_.on_chunk({std::span(&event, 1), {}}).ok());
    return *this;
  }
  Swallow swallow_;
  core::ReplyMeter meter_{swallow_, false};
};

class BillTest : public testing::Test {
 protected:
  BillTest() { bill_.emplace(ledger_); }

  Status open(const Subject& subject = kDev) { return bill_->open(subject, request_, {.price = kPrice}); }
  void attempt(const Status& status, const Reply& reply, const Handover& handover = {true, 200},
               const core::Price& price = kPrice) {
    EXPECT_TRUE(bill_->attempt_began("local", price).ok());
    bill_->attempt_ended(status, reply.meter(), handover);
  }
  std::int64_t tokens_left() const { return ledger_.quotas(kDev)[core::Dimension::tokens_day].remaining; }
  std::int64_t requests_left() const { return ledger_.quotas(kDev)[core::Dimension::requests].remaining; }
  bool slot_is_free() { return ledger_.reserve(kDev, {}).ok(); }  // leaves one request counted
  std::int64_t spent() {                                          // nano-dollars, of the day
    for (const Balance& balance : ledger_.balances()) {
      if (balance.dimension == Dimension::dollars_day) return balance.spent;
    }
    return 0;
  }

  FakeClock clock_;
  const std::vector<core::LimitRule> rules_{{.per = core::Scope::client,
                                             .requests_per_minute = 100,
                                             .concurrent = 1,
                                             .tokens_per_day = 1000,
                                             .dollars_per_day = 1'000'000}};
  Ledger ledger_{rules_, clock_.clock()};
  core::ChatRequest request_ = request();
  std::optional<Bill> bill_;
};

TEST_F(BillTest, OpensWithWhatTheRequestMayCost) {
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(bill_->estimate().input, 200u);
  EXPECT_EQ(bill_->reserved_tokens(), 300u);
  EXPECT_EQ(bill_->quotas()[core::Dimension::tokens_day].remaining, 700);
  EXPECT_EQ(tokens_left(), 700);
  EXPECT_EQ(spent(), 200 * kIn + 100 * kOut);
  EXPECT_FALSE(slot_is_free());
  EXPECT_TRUE(ledger_.usage().take().empty()) << "nothing is in the books before it is closed";
}

TEST_F(BillTest, ARefusedOneTellsTheQuotasAndTakesNothing) {
  ledger_.reserve(kDev, {900, 0})->settle(900, 900'000);
  const Status refused = open();
  EXPECT_EQ(refused.code(), Code::rate_limited);
  EXPECT_EQ(bill_->quotas()[core::Dimension::tokens_day].limit, 1000);
  EXPECT_EQ(bill_->quotas()[core::Dimension::tokens_day].remaining, 100);
  EXPECT_EQ(bill_->quotas()[core::Dimension::requests].remaining, 99);
  EXPECT_EQ(bill_->reserved_tokens(), 0u);
  bill_->close();
  bill_.reset();
  EXPECT_EQ(tokens_left(), 100);
  EXPECT_EQ(requests_left(), 99);
  EXPECT_EQ(spent(), 900'000);
  EXPECT_TRUE(slot_is_free());
  EXPECT_TRUE(ledger_.usage().take().empty());
}

TEST_F(BillTest, ClosedTwiceItCountsOnce) {
  ASSERT_TRUE(open().ok());
  attempt({}, Reply().text("hello").usage(150, 30).finish());
  bill_->close();
  bill_->close();
  bill_.reset();
  EXPECT_EQ(tokens_left(), 820);
  EXPECT_EQ(spent(), 150 * kIn + 30 * kOut);
  EXPECT_EQ(requests_left(), 99);
  EXPECT_TRUE(slot_is_free());
  const std::vector<UsageLine> lines = ledger_.usage().take();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].client, "dev");
  EXPECT_EQ(lines[0].key, "k1");
  EXPECT_EQ(lines[0].model, "m");
  EXPECT_EQ(lines[0].day, clock_.clock()().day());
  EXPECT_EQ(lines[0].requests, 1);
  EXPECT_EQ(lines[0].input, 150);
  EXPECT_EQ(lines[0].output, 30);
  EXPECT_EQ(lines[0].nanodollars, 150 * kIn + 30 * kOut);
}

// Beyond the 300 tokens that are reserved at either place, 200 come.
TEST_F(BillTest, WhatAStreamTakesFromItsProviderIsSettledWithTheAttempt) {
  ledger_.set_rules(std::vector<core::LimitRule>{{.per = core::Scope::client, .tokens_per_day = 1000},
                                                 {.per = core::Scope::provider, .tokens_per_day = 500}});
  core::Subject here = kDev;
  here.provider = "here";
  const auto left_here = [&] { return ledger_.quotas(here)[core::Dimension::tokens_day].remaining; };
  const auto after = [&](std::uint64_t tokens) { return bill_->allowance()->more({200, tokens}, {}); };
  request_ = request(R"("stream":true,"max_tokens":100,)");
  ASSERT_TRUE(open().ok());
  ASSERT_NE(bill_->allowance(), nullptr);
  ASSERT_TRUE(bill_->attempt_began("here", kPrice).ok());
  EXPECT_EQ(left_here(), 200);
  EXPECT_EQ(after(100).tokens, 100u);
  EXPECT_EQ(left_here(), 100);
  EXPECT_EQ(after(200).bytes, 100u);
  EXPECT_EQ(left_here(), 0);
  EXPECT_EQ(after(300).bytes, 0u);
  ASSERT_TRUE(bill_->ended_by());
  EXPECT_EQ(bill_->ended_by()->scope, core::Scope::provider);
  bill_->attempt_ended({}, Reply().text("hello").usage(200, 250).finish().meter(), {true, 200});
  EXPECT_EQ(left_here(), 50);
  EXPECT_EQ(tokens_left(), 1000 - 300 - 300) << "until the bill is closed";
  bill_->close();
  EXPECT_EQ(left_here(), 50);
  EXPECT_EQ(tokens_left(), 1000 - 450);
}

TEST_F(BillTest, WhereNobodyWasAskedTheTokensComeBackAndTheRequestStaysCounted) {
  ASSERT_TRUE(open().ok());
  bill_->close();
  EXPECT_EQ(tokens_left(), 1000);
  EXPECT_EQ(spent(), 0);
  EXPECT_EQ(requests_left(), 99);
  EXPECT_TRUE(slot_is_free());
  const std::vector<UsageLine> lines = ledger_.usage().take();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].requests, 1);
  EXPECT_EQ(lines[0].input + lines[0].output + lines[0].nanodollars, 0);
}

TEST_F(BillTest, AProviderThatRefusesCostsNothing) {
  Status in_the_place_of_an_answer(Code::upstream_failed, "overloaded");
  in_the_place_of_an_answer.failure().refused = true;
  ASSERT_TRUE(open().ok());
  attempt(Status(Code::invalid_request, "not like this"), Reply(), {true, 400});
  attempt(Status(Code::upstream_failed, "broken"), Reply(), {true, 503});
  attempt(in_the_place_of_an_answer, Reply(), {true, 200});
  bill_->close();
  EXPECT_EQ(tokens_left(), 1000);
  EXPECT_EQ(spent(), 0);
}

TEST_F(BillTest, WhatWasNeverSentCostsNothing) {
  ASSERT_TRUE(open().ok());
  attempt(Status(Code::upstream_unreachable, "nobody there"), Reply(), {false, 0});
  attempt(Status(Code::client_gone, "nobody reads"), Reply(), {false, 0});
  bill_->close();
  EXPECT_EQ(tokens_left(), 1000);
}

// Whatever ends an attempt that was sent.
class BillLostTest : public BillTest, public testing::WithParamInterface<Code> {};

TEST_P(BillLostTest, AWholeAnswerCostsAllThatItMay) {
  ASSERT_TRUE(open().ok());
  attempt(Status(GetParam(), "lost"), Reply(), {true, 0});
  bill_->close();
  EXPECT_EQ(bill_->last().usage.input, 200u);
  EXPECT_EQ(bill_->last().usage.output, 100u);
  EXPECT_FALSE(bill_->spent().usage.reported);
  EXPECT_EQ(tokens_left(), 700);
  EXPECT_EQ(spent(), 200 * kIn + 100 * kOut);
}

TEST_P(BillLostTest, AStreamCostsItsInputAndWhatHadCome) {
  request_ = request(R"("stream":true,"max_tokens":100,)");
  ASSERT_TRUE(open().ok());
  attempt(Status(GetParam(), "lost"), Reply(), {true, 0});
  EXPECT_EQ(bill_->last().usage.total(), 200u);
  attempt(Status(GetParam(), "lost"), Reply().text("one").text(" two").text(" three"), {true, 200});
  EXPECT_EQ(bill_->last().usage.total(), 203u);
  bill_->close();
  EXPECT_EQ(bill_->spent().usage.output, 3u);
  EXPECT_EQ(tokens_left(), 597) << "attempts add up";
  EXPECT_EQ(spent(), 400 * kIn + 3 * kOut);
}

INSTANTIATE_TEST_SUITE_P(Ends, BillLostTest,
                         testing::Values(Code::client_gone, Code::upstream_timeout, Code::upstream_failed,
                                         Code::upstream_unreachable, Code::internal, Code::overloaded));

TEST_F(BillTest, AnAnswerWithoutAnAnswerCostsWhatItsProviderSays) {
  ASSERT_TRUE(open().ok());
  attempt(Status(Code::upstream_failed, "no choices"), Reply().usage(150, 70));
  EXPECT_TRUE(bill_->last().usage.reported);
  attempt({}, Reply().text("hello").usage(160, 30).finish());
  bill_->close();
  EXPECT_EQ(bill_->last().usage.output, 30u) << "what the caller is told is his answer's alone";
  EXPECT_EQ(bill_->spent().usage.input, 310u);
  EXPECT_EQ(bill_->spent().usage.output, 100u);
  EXPECT_TRUE(bill_->spent().usage.reported);
  EXPECT_EQ(spent(), 310 * kIn + 100 * kOut);
}

TEST_F(BillTest, EachAttemptHasItsOwnPrice) {
  ASSERT_TRUE(open().ok());
  attempt({}, Reply().usage(10, 1));
  EXPECT_TRUE(bill_->attempt_began("local", {{7'000'000, 9'000'000, 7'000'000, 7'000'000, 9'000'000}}).ok());
  bill_->attempt_ended({}, Reply().text("hello").usage(10, 1).finish().meter(), {true, 200});
  bill_->close();
  EXPECT_EQ(bill_->last().nanodollars, 10 * 7'000 + 9'000);
  EXPECT_EQ(bill_->spent().nanodollars, 10 * 7'000 + 9'000 + 10 * kIn + kOut);
}

TEST_F(BillTest, ACountThatWasNotSaidIsEstimatedAndTheOtherStands) {
  ASSERT_TRUE(open().ok());
  attempt({}, Reply().text("one").text(" two").usage(150, 0).finish());
  EXPECT_EQ(bill_->last().usage.input, 150u);
  EXPECT_EQ(bill_->last().usage.output, 2u);
  EXPECT_FALSE(bill_->last().usage.reported);
  attempt({}, Reply().text("one").usage(0, 30).finish());
  EXPECT_EQ(bill_->last().usage.input, 200u);
  EXPECT_EQ(bill_->last().usage.output, 30u);
  EXPECT_FALSE(bill_->last().usage.reported);
}

TEST_F(BillTest, ACallerWithoutABoundGetsOneThatIsReserved) {
  request_ = request("");
  ledger_.set_rules(std::vector<core::LimitRule>{{.per = core::Scope::client, .tokens_per_day = 9'000}});
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(bill_->output_bound(), 4096u);
  EXPECT_EQ(bill_->reserved_tokens(), 4296u);
  EXPECT_EQ(bill_->belief().answer, 4096u + 4096 / 8 + 64);
  Bill second(ledger_), third(ledger_), fourth(ledger_);
  ASSERT_TRUE(second.open(kDev, request_, {.price = kPrice, .max_output = 1000}).ok());
  EXPECT_EQ(second.output_bound(), 1000u);
  ASSERT_TRUE(third.open(kDev, request_, {.price = kPrice}).ok());
  EXPECT_EQ(third.output_bound(), 9'000u - 4296 - 1200 - 200) << "what is left";
  EXPECT_EQ(tokens_left(), 0);
  EXPECT_FALSE(fourth.open(kDev, request_, {.price = kPrice}).ok());
}

TEST_F(BillTest, MoneyThatIsLeftBoundsAnAnswerByItsPrice) {
  request_ = request(R"("n":2,)");
  ledger_.set_rules(std::vector<core::LimitRule>{{.per = core::Scope::client, .dollars_per_day = 1'000'000}});
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(bill_->output_bound(), (1'000'000u - 200 * kIn) / kOut / 2) << "each of two choices";
  EXPECT_EQ(spent(), 1'000'000);
}

TEST_F(BillTest, WhatIsLeftOfAnySpanOfTheCalendarBoundsAnAnswer) {
  request_ = request("");
  const auto bound_by = [&](std::int64_t core::LimitRule::*limit, std::int64_t most) {
    core::LimitRule rule{.per = core::Scope::client};
    rule.*limit = most;
    ledger_.set_rules(std::vector<core::LimitRule>{rule});
    bill_.emplace(ledger_);
    EXPECT_TRUE(open().ok());
    return bill_->output_bound().value_or(0);
  };
  for (const auto tokens : {&core::LimitRule::tokens_per_hour, &core::LimitRule::tokens_per_week,
                            &core::LimitRule::tokens_per_month, &core::LimitRule::tokens_total})
    EXPECT_EQ(bound_by(tokens, 1000), 1000u - 200);
  for (const auto dollars : {&core::LimitRule::dollars_per_hour, &core::LimitRule::dollars_per_week,
                             &core::LimitRule::dollars_per_month, &core::LimitRule::dollars_total})
    EXPECT_EQ(bound_by(dollars, 1'000'000), (1'000'000u - 200 * kIn) / kOut);
  EXPECT_EQ(bound_by(&core::LimitRule::tokens_per_minute, 1000), 4096u) << "a minute's come back";
}

TEST_F(BillTest, WhereNobodyCountsTokensNoBoundIsSent) {
  ledger_.set_rules(std::vector<core::LimitRule>{{.per = core::Scope::client, .requests_per_minute = 10}});
  request_ = request("");
  ASSERT_TRUE(open().ok());
  EXPECT_FALSE(bill_->output_bound());
  EXPECT_EQ(bill_->belief().answer, core::Belief::kMost);
}

TEST_F(BillTest, ABoundThatTheBudgetCanNeverHoldIsRefusedAtOnce) {
  request_ = request(R"("max_tokens":900,)");
  const Status refused = open();
  EXPECT_EQ(refused.code(), Code::rate_limited);
  EXPECT_TRUE(refused.failure().retry_useless);
  EXPECT_NE(refused.message().find("Requested 1100"), std::string::npos) << refused.message();
}

TEST_F(BillTest, AKeyWithABudgetIsNotServedByAModelWithoutAPrice) {
  const core::LimitRule own{.per = core::Scope::own, .dollars_per_day = 1'000'000};
  const Subject subject{"dev", "k1", "m", &own};
  EXPECT_EQ(bill_->open(subject, request_, {.priced = false}).code(), Code::config);
  bill_.emplace(ledger_);
  EXPECT_TRUE(bill_->open(subject, request_, {.priced = true}).ok()) << "it is free";
}

TEST_F(BillTest, EachAttemptThatIsChargedForCostsARequest) {
  core::Price price = kPrice;
  price.per_request = 5'000;
  const Status lost{Code::upstream_failed, "it broke off"};
  ASSERT_TRUE(bill_->open(kDev, request_, {.price = price}).ok());
  EXPECT_EQ(spent(), 5'000 + 200 * kIn + 100 * kOut);
  attempt(lost, Reply(), {true, 400}, price);
  EXPECT_EQ(bill_->spent().nanodollars, 0) << "it was refused";
  attempt(lost, Reply(), {true, 0}, price);
  EXPECT_EQ(bill_->last().nanodollars, 5'000 + 200 * kIn + 100 * kOut);
  attempt({}, Reply().text("hello").usage(150, 30).finish(), {true, 200}, price);
  EXPECT_EQ(bill_->last().nanodollars, 5'000 + 150 * kIn + 30 * kOut);
  bill_->close();
  EXPECT_EQ(spent(), 2 * 5'000 + 350 * kIn + 130 * kOut);
}

TEST_F(BillTest, ATierThatThePromptMayReachIsReserved) {
  core::Price price = kPrice;
  price.tiers = {{250, {2'000'000, 4'000'000}}};
  ASSERT_TRUE(bill_->open(kDev, request_, {.price = price}).ok());
  EXPECT_EQ(spent(), 200 * kIn + 100 * kOut) << "a quarter more than estimated is not above";
  bill_.emplace(ledger_);
  price.tiers[0].above = 249;
  ASSERT_TRUE(bill_->open(kDev, request_, {.price = price}).ok());
  EXPECT_EQ(spent(), 2 * (200 * kIn + 100 * kOut));
  attempt({}, Reply().text("hello").usage(250, 30).finish(), {true, 200}, price);
  bill_->close();
  EXPECT_EQ(spent(), 2 * (250 * kIn + 30 * kOut)) << "all of its tokens cost the tier's price";
}

TEST_F(BillTest, ARatioIsLearntFromTextAlone) {
  request_ = request(R"("prediction":{"type":"content","content":"x"},"max_tokens":100,)");
  ASSERT_TRUE(open().ok());
  attempt({}, Reply().text("hello").usage(600, 30).finish());
  EXPECT_EQ(ledger_.ratios().corrected("m", 200), 200u);
}

TEST_F(BillTest, WhatTheProviderReportedTeachesTheNextGuess) {
  ASSERT_TRUE(open().ok());
  attempt({}, Reply().text("hello").usage(600, 30).finish());
  bill_->close();
  bill_.emplace(ledger_);
  clock_.advance_ms(24 * 3'600'000);
  ASSERT_TRUE(open().ok());
  EXPECT_GT(bill_->estimate().input, 200u);
  EXPECT_EQ(bill_->estimate().guess, 200u);
  EXPECT_EQ(bill_->estimate().method, "learnt");
  EXPECT_EQ(bill_->estimate().for_policies(), 200u) << "nobody moves another one's verdict";
}

TEST_F(BillTest, AModelThatDoesNotExistIsNotRememberedByName) {
  ASSERT_TRUE(open({"dev", "k1", ""}).ok());
  attempt({}, Reply().text("hello").usage(600, 30).finish());  // of another one, to which a policy sent it
  bill_->close();
  EXPECT_EQ(ledger_.ratios().corrected("m", 200), 200u);
  EXPECT_EQ(ledger_.ratios().corrected("", 200), 200u);
  const std::vector<UsageLine> lines = ledger_.usage().take();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].model, "");
  EXPECT_EQ(lines[0].input, 600);
}

TEST_F(BillTest, DroppedBeforeAnybodyWasAskedItGivesTheTokensBack) {
  ASSERT_TRUE(open().ok());
  bill_.reset();
  EXPECT_EQ(tokens_left(), 1000);
  EXPECT_TRUE(slot_is_free());
  EXPECT_EQ(ledger_.usage().take().size(), 1u);
}

TEST_F(BillTest, DroppedWhileAProviderWorkedItStaysCharged) {
  ASSERT_TRUE(open().ok());
  EXPECT_TRUE(bill_->attempt_began("local", kPrice).ok());
  bill_.reset();
  EXPECT_EQ(tokens_left(), 700) << "what was reserved";
  EXPECT_EQ(spent(), 200 * kIn + 100 * kOut);
  EXPECT_TRUE(slot_is_free());
  const std::vector<UsageLine> lines = ledger_.usage().take();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].input, 200);
}

TEST_F(BillTest, NeverOpenedItDoesNothing) {
  bill_->close();
  bill_.reset();
  EXPECT_EQ(requests_left(), 100);
  EXPECT_TRUE(ledger_.usage().take().empty());
}

}  // namespace
}  // namespace gatehouse::limits
