// Many threads at one ledger: what a limit says is what happens.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>
#include <vector>

#include "fake_clock.h"
#include "limits/ledger.h"

namespace gatehouse::limits {
namespace {

using core::LimitRule;

constexpr Subject kDev{"dev", "k", "m"};

template <class Body>
void in_threads(int count, const Body& body) {
  std::latch start(count);
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      body(i);
    });
  }
}

TEST(Concurrency, FiftyAtOnceNeverPassTheTokenLimit) {
  for (int round = 0; round < 20; ++round) {
    FakeClock clock;
    const std::vector<LimitRule> rules{{.per = Scope::client, .tokens_per_minute = 100},
                                       {.per = Scope::global, .tokens_per_minute = 1000}};
    Ledger ledger(rules, clock.clock());
    std::atomic<std::int64_t> admitted{0};
    in_threads(50, [&](int i) {
      const auto tokens = static_cast<std::uint64_t>(3 + i % 5);
      for (int n = 0; n < 20; ++n) {
        auto reservation = ledger.reserve(kDev, {tokens, 0});
        if (!reservation.ok()) continue;
        admitted += static_cast<std::int64_t>(tokens);
        reservation->settle(tokens);
      }
    });
    EXPECT_LE(admitted.load(), 100);
    EXPECT_GE(admitted.load(), 98);
    EXPECT_EQ(ledger.quotas(kDev)[Dimension::tokens].remaining, 100 - admitted.load());
  }
}

TEST(Concurrency, SlotsAreNeverOverdrawnAndAllComeBack) {
  FakeClock clock;
  const std::vector<LimitRule> rules{{.per = Scope::client, .concurrent = 8}};
  Ledger ledger(rules, clock.clock());
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::atomic<int> admitted{0};
  in_threads(32, [&](int) {
    for (int n = 0; n < 200; ++n) {
      auto reservation = ledger.reserve(kDev, {});
      if (!reservation.ok()) continue;
      const int now = ++running;
      int seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      ++admitted;
      std::this_thread::yield();
      --running;
    }
  });
  EXPECT_LE(most.load(), 8);
  EXPECT_GT(admitted.load(), 0);
  std::vector<Reservation> all;
  for (int i = 0; i < 8; ++i) {
    auto reservation = ledger.reserve(kDev, {});
    ASSERT_TRUE(reservation.ok()) << i;
    all.push_back(*std::move(reservation));
  }
  EXPECT_FALSE(ledger.reserve(kDev, {}).ok());
}

// Everything at once: refusals that roll back, settlements up and down, releases, and new rules.
TEST(Concurrency, TheBooksBalanceAfterward) {
  FakeClock clock;
  const std::vector<LimitRule> rules{
      {.per = Scope::client, .requests_per_minute = 1'000'000, .tokens_per_minute = 50'000, .concurrent = 16},
      {.per = Scope::global, .tokens_per_minute = 60'000, .concurrent = 24}};
  Ledger ledger(rules, clock.clock());
  std::atomic<std::int64_t> spent{0};
  in_threads(16, [&](int i) {
    std::mt19937_64 random(static_cast<std::uint64_t>(i));
    for (int n = 0; n < 500; ++n) {
      auto reservation = ledger.reserve(kDev, {random() % 100, random() % 100});
      if (!reservation.ok()) continue;
      if (random() % 3 == 0) {
        reservation->release();
      } else {
        const std::uint64_t used = random() % 5;
        reservation->settle(used);
        spent += static_cast<std::int64_t>(used);
      }
      if (n % 100 == 0) ledger.set_rules(rules);
    }
  });
  EXPECT_EQ(ledger.quotas({"dev", "", ""})[Dimension::tokens].remaining, 50'000 - spent.load());
}

TEST(Concurrency, ManyNamesFromManyThreads) {
  FakeClock clock;
  const std::vector<LimitRule> rules{{.per = Scope::client, .requests_per_minute = 60, .concurrent = 4}};
  Ledger ledger(rules, clock.clock(), 256);
  std::atomic<int> admitted{0};
  in_threads(8, [&](int i) {
    std::mt19937_64 random(static_cast<std::uint64_t>(i));
    for (int n = 0; n < 5000; ++n) {
      const std::string name = std::to_string(random() % 2000);
      if (ledger.reserve({name, "", ""}, {}).ok()) ++admitted;
      if (n % 50 == 0) clock.advance_ms(1000);
    }
  });
  EXPECT_GT(admitted.load(), 256);
}

}  // namespace
}  // namespace gatehouse::limits
