#include "limits/table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::limits {
namespace {

const auto kIdle = [](const Cell&) { return true; };
const auto kBusy = [](const Cell&) { return false; };

TEST(Table, GivesOneCellPerName) {
  Table table(1000);
  Cell* a = table.pin("a", kIdle);
  Cell* b = table.pin("b", kIdle);
  EXPECT_NE(a, b);
  EXPECT_EQ(table.pin("a", kIdle), a);
  EXPECT_EQ(a->pins.load(), 2u);
}

TEST(Table, IsBoundedAndForgetsOnlyIdleCells) {
  Table table(64);  // two per shard
  std::vector<Cell*> held;
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    Cell* cell = table.pin("name" + std::to_string(i), kIdle);
    if (cell == nullptr)
      ++refused;
    else
      held.push_back(cell);
  }
  EXPECT_LE(held.size(), 128u);  // all pinned: no room for more
  EXPECT_GT(refused, 800);
  for (Cell* cell : held) Table::unpin(*cell);

  for (int i = 0; i < 1000; ++i) {
    Cell* cell = table.pin("busy" + std::to_string(i), kBusy);
    if (cell != nullptr) Table::unpin(*cell);
  }
  int seen = 0;
  table.for_each([&](const std::string& name, const Cell&) { seen += name.starts_with("name") ? 1 : 0; });
  EXPECT_EQ(static_cast<std::size_t>(seen), held.size()) << "a cell that is not idle was forgotten";

  for (int i = 0; i < 1000; ++i) {
    Cell* cell = table.pin("new" + std::to_string(i), kIdle);
    ASSERT_NE(cell, nullptr) << i;
    Table::unpin(*cell);
  }
}

TEST(Table, PeekMakesNothing) {
  Table table(64);
  bool visited = false;
  table.peek("a", [&](const Cell&) { visited = true; });
  EXPECT_FALSE(visited);
  table.for_each([&](const std::string&, const Cell&) { visited = true; });
  EXPECT_FALSE(visited);
}

}  // namespace
}  // namespace gatehouse::limits
