#include "store/bookkeeper.h"

#include <vector>

#include "store/data_folder.h"
#include "store/open_database.h"
#include "store/books/books.h"
#include "store/books/usage_pages.h"

namespace gatehouse::store {
namespace {

using core::Scope;
using core::LimitRule;

const std::vector<LimitRule> kDaily = {{.per = Scope::client, .tokens_per_day = 1000}};
constexpr limits::Subject kWeb{.client = "web", .key = "k", .model = "m", .own = nullptr};

class BookkeeperTest : public testing::Test {
 protected:
  std::unique_ptr<Bookkeeper> keep(limits::Ledger& ledger) {
    auto keeper = std::make_unique<Bookkeeper>(open_database(folder_.text()), ring_, ledger);
    EXPECT_TRUE(keeper->load().ok());
    return keeper;
  }
  void spend(limits::Ledger& ledger, std::uint64_t tokens) {
    auto reservation = ledger.reserve(kWeb, {.input_tokens = tokens});
    ASSERT_TRUE(reservation.ok()) << reservation.status().message();
    reservation->settle(tokens);
    ledger.usage().add({.day = ledger.now().day(), .client = "web", .requests = 1});
  }
  std::int64_t written_tokens() {
    const auto balances = read_balances(*other_, limits::real_time().unix_ns);
    return balances.empty() ? 0 : balances.front().spent;
  }
  std::int64_t written_requests() {
    const auto lines = read_usage(*other_, {}).lines;
    return lines.empty() ? 0 : lines.front().requests;
  }

  DataFolder folder_;
  KeyRing ring_{*KeyHash::open(folder_.text())};
  std::unique_ptr<Database> other_ = open_database(folder_.text());  // somebody else's connection
};

TEST_F(BookkeeperTest, WritesWhatWasSpentWhileTheGatewayServes) {
  limits::Ledger ledger(kDaily);
  const auto keeper = keep(ledger);
  keeper->start();
  spend(ledger, 300);
  EXPECT_TRUE(eventually([&] { return written_tokens() == 300; }));
  spend(ledger, 200);
  EXPECT_TRUE(eventually([&] { return written_tokens() == 500; }));
  EXPECT_TRUE(eventually([&] { return written_requests() == 2; }));
}

TEST_F(BookkeeperTest, TheLastBatchIsWrittenWhenItStops) {
  limits::Ledger ledger(kDaily);
  const auto keeper = keep(ledger);
  keeper->start();
  spend(ledger, 300);
  keeper->stop();
  EXPECT_EQ(written_tokens(), 300);
  EXPECT_EQ(written_requests(), 1);
  keeper->stop();  // once more does nothing
}

TEST_F(BookkeeperTest, WhatWasSpentIsSpentAfterARestart) {
  limits::Ledger before(kDaily);
  const auto keeper = keep(before);
  keeper->start();
  spend(before, 900);
  keeper->stop();
  limits::Ledger after(kDaily);
  const auto successor = keep(after);
  EXPECT_TRUE(after.reserve(kWeb, {.input_tokens = 100}).ok());
  EXPECT_EQ(after.reserve(kWeb, {.input_tokens = 101}).status().code(), core::Code::rate_limited);
}

TEST_F(BookkeeperTest, ALimitThatIsNewBeginsWithWhatItsPeriodHasCost) {
  limits::Ledger before(std::vector<LimitRule>{});
  const auto keeper = keep(before);
  keeper->start();
  before.usage().add({.day = before.now().day(), .client = "web", .requests = 1, .input = 500, .output = 100});
  keeper->stop();
  limits::Ledger after(kDaily);
  const auto successor = keep(after);
  EXPECT_EQ(after.quotas(kWeb)[core::Dimension::tokens_day].remaining, 400);
  successor->start();
  spend(after, 300);
  successor->stop();
  limits::Ledger later(kDaily);
  const auto last = keep(later);
  EXPECT_EQ(later.quotas(kWeb)[core::Dimension::tokens_day].remaining, 100) << "what it counted itself is what counts";
}

TEST_F(BookkeeperTest, WhatCannotBeWrittenNowIsWrittenOnceLater) {
  limits::Ledger ledger(kDaily);
  const auto keeper = keep(ledger);
  other_->run("ALTER TABLE usage RENAME TO away");
  keeper->start();
  spend(ledger, 300);
  std::this_thread::sleep_for(2 * Bookkeeper::kBatch);
  EXPECT_EQ(written_tokens(), 0);
  other_->run("ALTER TABLE away RENAME TO usage");
  EXPECT_TRUE(eventually([&] { return written_tokens() == 300; }));
  EXPECT_TRUE(eventually([&] { return written_requests() == 1; }));
  spend(ledger, 100);
  keeper->stop();
  EXPECT_EQ(written_tokens(), 400);
  EXPECT_EQ(written_requests(), 2);
}

TEST_F(BookkeeperTest, PutsAwayWhatIsOver) {
  write_books(*other_, {}, std::vector<limits::UsageLine>{{.day = 1, .client = "long ago", .requests = 1}});
  ASSERT_EQ(written_requests(), 1);
  limits::Ledger ledger(kDaily);
  const auto keeper = keep(ledger);
  keeper->start();
  EXPECT_TRUE(eventually([&] { return written_requests() == 0; }));
}

// ---- one gateway replaces another ------------------------------------------------------------

class TakeOver : public BookkeeperTest {
 protected:
  std::unique_ptr<Bookkeeper> succeed(limits::Ledger& ledger) {
    auto keeper = std::make_unique<Bookkeeper>(open_database(folder_.text()), ring_, ledger);
    EXPECT_TRUE(keeper->load(Bookkeeper::Predecessor::running).ok());
    keeper->start();
    return keeper;
  }
  static std::int64_t left(limits::Ledger& ledger) { return ledger.quotas(kWeb)[core::Dimension::tokens_day].remaining; }

  const std::vector<LimitRule> rules_ = {{.per = Scope::client, .concurrent = 1, .tokens_per_day = 1000}};
  limits::Ledger before_{rules_}, after_{rules_};
};

TEST_F(TakeOver, WhatIsUnderWayIsSettledWithTheSuccessor) {
  const auto old = keep(before_);
  old->start();
  spend(before_, 100);
  auto stream = before_.reserve(kWeb, {.input_tokens = 500});
  ASSERT_TRUE(stream.ok());
  ASSERT_TRUE(old->hand_over().ok());
  const auto successor = succeed(after_);
  EXPECT_EQ(left(after_), 400) << "what is reserved is handed over too";
  EXPECT_EQ(after_.reserve(kWeb, {.input_tokens = 1}).status().failure().reason, "concurrent") << "and its slot";
  stream->settle(200);
  EXPECT_TRUE(eventually([&] { return left(after_) == 700; }));
  spend(after_, 50);
  successor->stop();
  old->stop();
  EXPECT_EQ(written_tokens(), 350);
  EXPECT_EQ(written_requests(), 2);
}

TEST_F(TakeOver, WhatIsSettledWhenNobodyLooksIsChargedByTheNextStart) {
  const auto old = keep(before_);
  old->start();
  auto stream = before_.reserve(kWeb, {.input_tokens = 500});
  ASSERT_TRUE(old->hand_over().ok());
  stream->settle(200);
  old->stop();
  (void)keep(after_);
  EXPECT_EQ(left(after_), 800);
}

TEST_F(TakeOver, WhoeverDoesNotComeUpChangesNothing) {
  const auto old = keep(before_);
  old->start();
  auto stream = before_.reserve(kWeb, {.input_tokens = 500});
  ASSERT_TRUE(old->hand_over().ok());
  stream->settle(200);
  old->take_back();
  spend(before_, 100);
  old->stop();
  EXPECT_EQ(written_tokens(), 300);
  (void)keep(after_);
  EXPECT_EQ(left(after_), 700) << "nothing is charged twice";
}

TEST_F(TakeOver, SlotsOfAPredecessorThatWasKilledComeFree) {
  const auto old = keep(before_);
  old->start();
  auto stream = before_.reserve(kWeb, {.input_tokens = 500});
  ASSERT_TRUE(old->hand_over().ok());
  const auto successor = succeed(after_);
  EXPECT_FALSE(after_.reserve(kWeb, {.input_tokens = 1}).ok());
  successor->predecessor_ended();
  EXPECT_TRUE(eventually([&] { return after_.reserve(kWeb, {.input_tokens = 1}).ok(); }));
  EXPECT_FALSE(successor->has_predecessor());
}

}  // namespace
}  // namespace gatehouse::store
