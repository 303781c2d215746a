#include "limits/accounts/table.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace gatehouse::limits {
namespace {

const auto kIdle = [](const Table::Entry&) { return true; };
const auto kBusy = [](const Table::Entry&) { return false; };

TEST(Table, GivesOneCellPerName) {
  Table table(1000);
  Table::Entry* a = table.pin("a", kIdle);
  Table::Entry* b = table.pin("b", kIdle);
  EXPECT_NE(a, b);
  EXPECT_EQ(table.pin("a", kIdle), a);
  EXPECT_EQ(a->second.pins.load(), 2u);
}

TEST(Table, IsBoundedAndForgetsOnlyIdleCells) {
  Table table(64);
  std::vector<Table::Entry*> held;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    Table::Entry* cell = table.pin("name" + std::to_string(i), kIdle);
    if (cell == nullptr)
      ++refused;
    else
      held.push_back(cell);
  }
  EXPECT_EQ(held.size(), 64u);  // all pinned: no room for more
  EXPECT_EQ(refused, 936);
  for (Table::Entry* cell : held) Table::unpin(*cell);

  for (int i = 0; i < 1000; ++i) {
    Table::Entry* cell = table.pin("busy" + std::to_string(i), kBusy);
    if (cell != nullptr) Table::unpin(*cell);
  }
  int seen = 0;
  table.for_each([&](const Table::Entry& entry) { seen += entry.first.starts_with("name") ? 1 : 0; });
  EXPECT_EQ(static_cast<std::size_t>(seen), held.size()) << "a cell that is not idle was forgotten";

  for (int i = 0; i < 1000; ++i) {
    Table::Entry* cell = table.pin("new" + std::to_string(i), kIdle);
    ASSERT_NE(cell, nullptr) << i;
    Table::unpin(*cell);
  }
}

TEST(Table, HoldsAsManyAsItIsToldHoweverTheirNamesSpread) {
  Table table(10'000);
  for (int i = 0; i < 10'000; ++i) {
    Table::Entry* cell = table.pin("name" + std::to_string(i), kBusy);
    ASSERT_NE(cell, nullptr) << i;
    Table::unpin(*cell);
  }
  EXPECT_EQ(table.pin("another", kBusy), nullptr);
}

TEST(Table, ANewNameLooksAtSomeAccountsAndNotAtAll) {
  Table table(10'000);
  for (int i = 0; i < 10'000; ++i) Table::unpin(*table.pin("name" + std::to_string(i), kBusy));
  std::size_t looks = 0;
  const auto count = [&](const Table::Entry&) {
    ++looks;
    return false;
  };
  for (int i = 0; i < 100; ++i) EXPECT_EQ(table.pin("new" + std::to_string(i), count), nullptr);
  EXPECT_EQ(looks, 100 * Table::kLooks);
  EXPECT_NE(table.pin("name1", count), nullptr) << "who is there is let in";
  EXPECT_EQ(looks, 100 * Table::kLooks);
}

// Wherever it is, it is found before each account has been looked at twice.
TEST(Table, TheOneIdleAccountIsFoundAndForgotten) {
  for (const int idle : {0, 1, 4'999, 9'999}) {
    Table table(10'000);
    const Account* the_one = nullptr;
    for (int i = 0; i < 10'000; ++i) {
      Table::Entry* cell = table.pin("name" + std::to_string(i), kBusy);
      if (i == idle) the_one = &cell->second;
      Table::unpin(*cell);
    }
    const auto is_it = [&](const Table::Entry& entry) { return &entry.second == the_one; };
    std::size_t tries = 1;
    while (table.pin("new", is_it) == nullptr) ASSERT_LT(++tries, 2 * 10'000 / Table::kLooks);
    EXPECT_EQ(table.pin("newer", kBusy), nullptr) << "only one was forgotten";
    bool there = false;
    table.peek("name" + std::to_string(idle), [&](const Table::Entry&) { there = true; });
    EXPECT_FALSE(there);
  }
}

TEST(Table, ThreadsThatMakeRoomAtTheSameTimeKeepItsBound) {
  constexpr int kThreads = 4;
  Table table(200);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&table, thread] {
      for (int i = 0; i < 20'000; ++i) {
        Table::Entry* cell = table.pin("name" + std::to_string((i * 7 + thread) % 1000), kIdle);
        if (cell != nullptr) Table::unpin(*cell);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t seen = 0;
  table.for_each([&](const Table::Entry& entry) {
    ++seen;
    EXPECT_EQ(entry.second.pins.load(), 0u);
  });
  EXPECT_LE(seen, 200u + kThreads);
  for (std::size_t part = 0; part < Table::kParts; ++part) table.forget(part, kIdle);
  for (int i = 0; i < 200; ++i) EXPECT_NE(table.pin("held" + std::to_string(i), kIdle), nullptr) << i;
  EXPECT_EQ(table.pin("one more", kIdle), nullptr);
}

TEST(Table, PeekMakesNothing) {
  Table table(64);
  bool visited = false;
  table.peek("a", [&](const Table::Entry&) { visited = true; });
  EXPECT_FALSE(visited);
  table.for_each([&](const Table::Entry&) { visited = true; });
  EXPECT_FALSE(visited);
}

}  // namespace
}  // namespace gatehouse::limits
