#include "core/foreign_writers.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/text/identifier.h"

namespace gatehouse::core {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kStranger = 65534;  // nobody

// Below /tmp, which everybody may write and which is sticky.
class ForeignWritersTest : public testing::Test {
 protected:
  ForeignWritersTest() : root_(fs::temp_directory_path() / ("gatehouse-" + random_hex(8))) {
    fs::create_directories(root_ / "plugins");
    std::ofstream(root_ / "plugins/echo.so") << "bytes";
    for (const fs::path& folder : {root_, root_ / "plugins"}) mode(folder, 0755);
    mode(root_ / "plugins/echo.so", 0644);
  }
  ~ForeignWritersTest() override { fs::remove_all(root_); }

  static void mode(const fs::path& path, mode_t mode) { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }
  static std::string complaint(const fs::path& path) { return std::string(no_foreign_writers(path).message()); }
  static bool names(const std::string& text, const fs::path& path) {
    return text.find("'" + path.string() + "'") != text.npos;
  }

  const fs::path root_, file_ = root_ / "plugins/echo.so";
};

TEST_F(ForeignWritersTest, WhatIsOursAloneIsFine) {
  EXPECT_EQ(complaint(file_), "");
  EXPECT_EQ(complaint(root_ / "plugins"), "");
  EXPECT_EQ(complaint("/usr/bin/env"), "");
  EXPECT_EQ(complaint(root_ / "not/there/yet"), "");
  EXPECT_EQ(complaint("/dev/null"), "") << "no regular file";
}

TEST_F(ForeignWritersTest, AFileThatEverybodyMayWriteIsNot) {
  mode(file_, 0666);
  EXPECT_EQ(no_foreign_writers(file_).code(), Code::config);
  EXPECT_TRUE(names(complaint(file_), file_));
  EXPECT_NE(complaint(file_).find("chmod o-w"), std::string::npos);
  EXPECT_NE(complaint(file_).find("allow_writable"), std::string::npos);
}

TEST_F(ForeignWritersTest, NorIsAnyFolderAboveIt) {
  for (const fs::path& folder : {root_, root_ / "plugins"}) {
    mode(folder, 0777);
    EXPECT_TRUE(names(complaint(file_), folder)) << complaint(file_);
    EXPECT_TRUE(names(complaint(root_ / "plugins/absent.so"), folder) || folder == root_ / "plugins");
    mode(folder, 0755);
  }
}

TEST_F(ForeignWritersTest, AStickyFolderIsFineAboveWhatIsOursButNotToLookIn) {
  mode(root_ / "plugins", 01777);
  EXPECT_EQ(complaint(file_), "");
  EXPECT_TRUE(names(complaint(root_ / "plugins"), root_ / "plugins"));
}

TEST_F(ForeignWritersTest, SymbolicLinksAreFollowedToTheirEnd) {
  const fs::path bad = root_ / "bad";
  fs::create_directory(bad);
  mode(bad, 0777);
  std::ofstream(bad / "echo.so") << "bytes";
  fs::create_symlink("../bad/echo.so", root_ / "plugins/linked.so");
  fs::create_symlink("linked.so", root_ / "plugins/twice.so");
  fs::create_symlink(bad, root_ / "folder");
  for (const fs::path& path : {root_ / "plugins/linked.so", root_ / "plugins/twice.so", root_ / "folder/echo.so"})
    EXPECT_TRUE(names(complaint(path), bad)) << path << complaint(path);
  fs::create_symlink("loop", root_ / "loop");
  EXPECT_EQ(complaint(root_ / "loop"), "") << "opening it will say so";
}

TEST_F(ForeignWritersTest, AGroupIsFineUnlessOthersAreInIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file to a group";
  mode(file_, 0664);
  ASSERT_EQ(::chown(file_.c_str(), 0, 65534), 0);  // nogroup is nobody's first group
  EXPECT_NE(complaint(file_).find("group 65534 may write"), std::string::npos) << complaint(file_);
  ASSERT_EQ(::chown(file_.c_str(), 0, 3999999), 0);  // a group without a name, as Kubernetes' fsGroup
  EXPECT_EQ(complaint(file_), "");
}

TEST_F(ForeignWritersTest, WhatBelongsToAStrangerIsNot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  ASSERT_EQ(::chown(file_.c_str(), kStranger, 0), 0);
  EXPECT_NE(complaint(file_).find("belongs to user 65534"), std::string::npos) << complaint(file_);
  ASSERT_EQ(::chown(file_.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown((root_ / "plugins").c_str(), kStranger, 0), 0);
  EXPECT_TRUE(names(complaint(file_), root_ / "plugins")) << complaint(file_);
}

}  // namespace
}  // namespace gatehouse::core
