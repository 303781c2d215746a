#include "config/yaml/value_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/text/identifier.h"

namespace gatehouse::config {
namespace {

namespace fs = std::filesystem;

class ValueFilesTest : public testing::Test {
 protected:
  ValueFilesTest() : folder_(fs::temp_directory_path() / ("value_files_test." + core::random_hex(8))) {
    fs::create_directories(folder_);
  }
  ~ValueFilesTest() override { fs::remove_all(folder_); }

  fs::path write(const std::string& text) {
    std::ofstream(folder_ / "value") << text;
    fs::permissions(folder_ / "value", fs::perms::owner_read | fs::perms::owner_write);
    return folder_ / "value";
  }
  std::string refusal(std::string_view path) { return std::string(files_.read(path).status().message()); }

  const fs::path folder_;
  ValueFiles files_{folder_};
};

TEST_F(ValueFilesTest, TheEndOfTheLastLineIsNoPartOfTheValue) {
  for (const char* text : {"sk-1", "sk-1\n", "sk-1\r\n"}) {
    write(text);
    EXPECT_EQ(*files_.read("value"), "sk-1");
  }
  write(" sk 1 ");
  EXPECT_EQ(*files_.read((folder_ / "value").string()), " sk 1 ");
  EXPECT_EQ(files_.all().size(), 4u);
}

TEST_F(ValueFilesTest, WhatIsNoValueIsRefusedByItsFileAndNeverShown) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "is empty"},
      {"\n", "is empty"},
      {"s3cr3t\n\n", "holds more than one line, or a control character"},
      {"s3cr3t\nmore", "holds more than one line, or a control character"},
      {std::string("s3cr3t\0", 7), "holds more than one line, or a control character"},
      {"s3cr3t\x1b", "holds more than one line, or a control character"},
      {std::string(ValueFiles::kLargest + 1, 's'), "is larger than 64 KiB, the most that a value may have"},
  };
  for (const auto& [text, why] : cases)
    EXPECT_EQ(refusal(write(text).string()), "the file " + (folder_ / "value").string() + " " + why);
  EXPECT_TRUE(files_.all().empty());
}

TEST_F(ValueFilesTest, WhatIsNoFileIsRefusedAndNotWaitedFor) {
  EXPECT_NE(refusal("nowhere").find("nowhere cannot be read: No such file"), std::string::npos);
  EXPECT_NE(refusal("").find("is no regular file"), std::string::npos);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_NE(refusal("pipe").find("is no regular file"), std::string::npos);
  EXPECT_NE(refusal("/dev/zero").find("is no regular file"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::config
