#include "limits/bill.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "fake_clock.h"

namespace gatehouse::limits {
namespace {

using core::Code;
using core::Event;
using core::Status;

constexpr Subject kDev{"dev", "k1", "m"};
constexpr core::Price kPrice{1'000'000, 2'000'000, 1'000'000, 1'000'000, 2'000'000};  // $1 in, $2 out, a million
constexpr std::int64_t kIn = 1'000, kOut = 2'000;                                     // nano-dollars a token

core::ChatRequest request() {
  auto request = core::ChatRequest::parse(core::PaddedBytes(  // 200 tokens in by our guess, 100 out at most
      R"({"model":"m","max_tokens":100,"messages":[{"role":"user","content":")" + std::string(646, 'x') + "\"}]}"));
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

  Status open(const Subject& subject = kDev) { return bill_->open(subject, request_, kPrice, nullptr); }
  void attempt(const Status& status, const Reply& reply) {
    bill_->attempt_began(kPrice);
    bill_->attempt_ended(status, reply.meter());
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
  const core::ChatRequest request_ = request();
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
  ASSERT_TRUE(open().ok());
  attempt(Status(Code::invalid_request, "not like this"), Reply());
  bill_->close();
  EXPECT_EQ(tokens_left(), 1000);
  EXPECT_EQ(spent(), 0);
}

TEST_F(BillTest, AnAnswerLostMidwayCostsItsInput) {
  ASSERT_TRUE(open().ok());
  Status lost(Code::upstream_failed, "the connection broke");
  lost.failure().half_answered = true;
  attempt(lost, Reply());
  bill_->close();
  EXPECT_EQ(bill_->usage().input, 200u);
  EXPECT_FALSE(bill_->usage().reported);
  EXPECT_EQ(tokens_left(), 800);
  EXPECT_EQ(bill_->nanodollars(), 200 * kIn);
}

TEST_F(BillTest, AStreamThatWasDroppedCostsItsInputAndWhatHadCome) {
  ASSERT_TRUE(open().ok());
  attempt(Status(Code::client_gone, "nobody reads"), Reply().text("one").text(" two").text(" three"));
  bill_->close();
  EXPECT_EQ(bill_->usage().output, 3u);
  EXPECT_EQ(tokens_left(), 797);
  EXPECT_EQ(spent(), 200 * kIn + 3 * kOut);
}

TEST_F(BillTest, AnAttemptIsPricedAsItWasTold) {
  ASSERT_TRUE(open().ok());
  bill_->attempt_began(kPrice);
  bill_->attempt_ended(Status(Code::upstream_failed, "no"), Reply().meter());
  bill_->attempt_began({7'000'000, 9'000'000, 7'000'000, 7'000'000, 9'000'000});
  bill_->attempt_ended({}, Reply().text("hello").usage(10, 1).finish().meter());
  bill_->close();
  EXPECT_EQ(bill_->nanodollars(), 10 * 7'000 + 9'000);
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
  bill_->attempt_began(kPrice);
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
