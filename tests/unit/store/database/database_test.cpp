#include "store/database/database.h"

#include <Poco/Exception.h>
#include <gtest/gtest.h>

#include <thread>

#include "core/money/limit_rule.h"
#include "store/data_folder.h"
#include "store/database/schema.h"
#include "store/open_database.h"

namespace gatehouse::store {
namespace {

TEST(Database, IsBroughtFromTheFirstSchemaToTheCurrentOneWithWhatItHas) {
  const DataFolder folder;
  {
    const auto database = open_database(folder.text());
    for (const char* statement : {"DROP TABLE usage_by_day", "DROP TABLE corrections", "PRAGMA user_version = 1"})
      database->run(statement);
    for (const core::DimensionInfo& row : core::kDimensions) {
      const std::string column(row.name);
      const bool first = std::string_view(kFirstTables[0]).find(" " + column + " ") != std::string_view::npos;
      if (!first) database->run("ALTER TABLE keys DROP COLUMN " + column);
    }
    database->run("ALTER TABLE keys DROP COLUMN team");
    database->run(
        "INSERT INTO usage VALUES (1, 'a', '', 'm', 1, 10, 0, 0, 0, 5), (1, 'b', '', 'm', 2, 20, 0, 0, 0, 6), "
        "(1, 'b', '', 'n', 4, 40, 0, 0, 0, 7), (2, 'b', '', 'n', 8, 80, 0, 0, 0, 8)");
  }
  EXPECT_EQ(Database::look(folder.text()).status().code(), core::Code::overloaded) << "only serve upgrades it";
  const auto database = open_database(folder.text());
  const auto together = [&](const std::string& column) {
    return database->number("SELECT " + column + " FROM usage_by_day WHERE day = 1 AND model = 'm'");
  };
  EXPECT_EQ(database->number("SELECT count(*) FROM usage_by_day"), 3);
  EXPECT_EQ(together("requests"), 3);
  EXPECT_EQ(together("input"), 30);
  EXPECT_EQ(together("nanodollars"), 11);
  EXPECT_TRUE(Database::look(folder.text()).ok());
}

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class DatabaseTest : public testing::Test {
 protected:
  DataFolder folder_;
  std::unique_ptr<Database> database_ = open_database(folder_.text());
  std::unique_ptr<Database> other_ = open_database(folder_.text());
};

TEST_F(DatabaseTest, WaitsForAnotherOnesTransaction) {
  other_->run("BEGIN EXCLUSIVE");
  std::thread ends([this] {
    std::this_thread::sleep_for(300ms);
    other_->run("COMMIT");
  });
  EXPECT_NO_THROW(database_->run("BEGIN IMMEDIATE"));
  ends.join();
}

TEST_F(DatabaseTest, WaitsNoLongerThanItIsTold) {
  other_->run("BEGIN EXCLUSIVE");
  database_->wait_at_most(100ms);
  const auto began = Clock::now();
  EXPECT_THROW(database_->run("BEGIN IMMEDIATE"), Poco::Exception);
  EXPECT_GE(Clock::now() - began, 100ms);
  EXPECT_LT(Clock::now() - began, 3s);
}

TEST_F(DatabaseTest, AWaitThatHasBegunIsEndedAsWell) {
  other_->run("BEGIN EXCLUSIVE");
  std::thread tells([this] {
    std::this_thread::sleep_for(200ms);
    database_->wait_at_most(100ms);
  });
  const auto began = Clock::now();
  EXPECT_THROW(database_->run("BEGIN IMMEDIATE"), Poco::Exception);
  EXPECT_LT(Clock::now() - began, 3s);
  tells.join();
}

}  // namespace
}  // namespace gatehouse::store
