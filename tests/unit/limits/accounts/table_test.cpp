#include "limits/accounts/table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::limits {
namespace {

const auto kIdle = [](const Account&) { return true; };
const auto kBusy = [](const Account&) { return false; };

TEST(Table, GivesOneCellPerName) {
  Table table(1000);
  Table::Entry* a = table.pin("a", kIdle);
  Table::Entry* b = table.pin("b", kIdle);
  EXPECT_NE(a, b);
  EXPECT_EQ(table.pin("a", kIdle), a);
  EXPECT_EQ(a->second.pins.load(), 2u);
}

TEST(Table, IsBoundedAndForgetsOnlyIdleCells) {
  Table table(64);  // two per shard
  std::vector<Table::Entry*> held;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    Table::Entry* cell = table.pin("name" + std::to_string(i), kIdle);
    if (cell == nullptr)
      ++refused;
    else
      held.push_back(cell);
  }
  EXPECT_LE(held.size(), 128u);  // all pinned: no room for more
  EXPECT_GT(refused, 800);
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

TEST(Table, PeekMakesNothing) {
  Table table(64);
  bool visited = false;
  table.peek("a", [&](const Account&) { visited = true; });
  EXPECT_FALSE(visited);
  table.for_each([&](const Table::Entry&) { visited = true; });
  EXPECT_FALSE(visited);
}

}  // namespace
}  // namespace gatehouse::limits
