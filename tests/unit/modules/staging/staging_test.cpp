#include "modules/staging/staging.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "modules/staging/file_hash.h"

namespace gatehouse::modules {
namespace {

namespace fs = std::filesystem;

class StagingTest : public testing::Test {
 protected:
  StagingTest() : folder_(fs::temp_directory_path() / ("staging_test." + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    write(file(), "first contents");
  }
  ~StagingTest() override { fs::remove_all(folder_); }

  fs::path file() const { return folder_ / "plugin.so"; }
  fs::path root() const { return folder_ / "modules"; }
  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  static std::string read(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::unique_ptr<Staging> open() {
    auto staging = Staging::open(root());
    EXPECT_TRUE(staging.ok()) << staging.status().message();
    return *std::move(staging);
  }
  static mode_t mode(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777;
  }

  const fs::path folder_;
};

TEST_F(StagingTest, CopiesUnderANewNameAndHashesTheCopy) {
  const auto staging = open();
  const auto first = staging->stage(file());
  ASSERT_TRUE(first.ok()) << first.status().message();
  const auto second = staging->stage(file());
  ASSERT_TRUE(second.ok());
  EXPECT_NE((*first)->path(), (*second)->path());
  EXPECT_EQ((*first)->origin(), file());
  write(file(), "other contents");
  EXPECT_EQ(read((*first)->path()), "first contents");
  EXPECT_EQ((*first)->sha256(), *sha256_of((*first)->path()));
}

TEST_F(StagingTest, IsNobodyElses) {
  const auto staging = open();
  const auto copy = staging->stage(file());
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(mode(root()), 0700u);
  EXPECT_EQ(mode(staging->folder()), 0700u);
  EXPECT_EQ(mode((*copy)->path()), 0500u);
}

TEST_F(StagingTest, ACopyGoesWithItsLastOwner) {
  const auto staging = open();
  fs::path path;
  {
    const auto copy = staging->stage(file());
    ASSERT_TRUE(copy.ok());
    path = (*copy)->path();
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(staging->leftovers().list().empty());
}

TEST_F(StagingTest, SweepsWhatDeadProcessesLeftAndNothingElse) {
  const auto living = open();
  fs::create_directories(root() / "4000000");
  write(root() / "4000000" / "plugin-1.so", "left over");
  const auto another = open();
  EXPECT_FALSE(fs::exists(root() / "4000000"));
  EXPECT_TRUE(fs::exists(living->folder()));
  EXPECT_NE(living->folder(), another->folder());
}

TEST_F(StagingTest, ItsFolderGoesWithIt) {
  fs::path folder = open()->folder();
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(StagingTest, NamesAFileThatIsNotThere) {
  const auto copy = open()->stage(folder_ / "nothing.so");
  ASSERT_FALSE(copy.ok());
  EXPECT_EQ(copy.status().code(), core::Code::config);
  EXPECT_NE(copy.status().message().find("nothing.so"), std::string_view::npos);
}

}  // namespace
}  // namespace gatehouse::modules
