#include "store/database/data_dir.h"

#include <gtest/gtest.h>

#include <utility>

#include "store/data_folder.h"

namespace gatehouse::store {
namespace {

TEST(DataDir, IsMadeForItsOwnerAlone) {
  const DataFolder parent;
  const std::string folder = parent.file("a/b").string();
  ASSERT_TRUE(make_data_dir(folder).ok());
  EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(make_data_dir(folder).ok()) << "it is there already";
  EXPECT_EQ(make_data_dir("/proc/nowhere").code(), core::Code::config);
}

TEST(DataDir, IsHeldByOneAtATime) {
  const DataFolder folder;
  core::Result<DataDirLock> first = DataDirLock::take(folder.text());
  ASSERT_TRUE(first.ok());
  DataDirLock moved = *std::move(first);
  const core::Result<DataDirLock> second = DataDirLock::take(folder.text());
  EXPECT_EQ(second.status().code(), core::Code::config);
  EXPECT_EQ(second.status().message().find("another gateway is using data_dir " + folder.text()), 0u);
  moved = DataDirLock();
  EXPECT_TRUE(DataDirLock::take(folder.text()).ok());
}

}  // namespace
}  // namespace gatehouse::store
