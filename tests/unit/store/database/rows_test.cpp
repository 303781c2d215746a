#include "store/database/rows.h"

#include <Poco/Exception.h>
#include <gtest/gtest.h>

#include "store/data_folder.h"
#include "store/open_database.h"

namespace gatehouse::store {
namespace {

TEST(Rows, AreHadOneAfterTheOther) {
  const DataFolder folder;
  const auto database = open_database(folder.text());
  database->run(
      "INSERT INTO usage_by_day VALUES (2, '', 0, 0, 0, 0, 0, -7), "
      "(1, 'caf\u00e9' || char(0) || 'x', 9223372036854775807, 0, 0, 0, 0, 0)");
  Rows rows(*database, "SELECT model, requests, nanodollars FROM usage_by_day ORDER BY day");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), std::string_view("caf\u00e9\0x", 7));
  EXPECT_EQ(rows.number(1), INT64_MAX);
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "");
  EXPECT_EQ(rows.number(2), -7);
  EXPECT_FALSE(rows.next());
}

TEST(Rows, AFailureIsAnException) {
  const DataFolder folder;
  const auto database = open_database(folder.text());
  EXPECT_THROW(Rows(*database, "SELECT * FROM nothing"), Poco::Exception);
  Rows rows(*database, "SELECT abs(-9223372036854775808)");
  EXPECT_THROW(rows.next(), Poco::Exception);
}

}  // namespace
}  // namespace gatehouse::store
