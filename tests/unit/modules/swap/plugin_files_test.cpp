#include "modules/swap/plugin_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/text/identifier.h"
#include "modules/staging/file_hash.h"

namespace gatehouse::modules {
namespace {

namespace fs = std::filesystem;

class PluginFilesTest : public testing::Test {
 protected:
  PluginFilesTest() : folder_(fs::temp_directory_path() / ("plugin_files_test." + core::random_hex(8))) {
    for (const char* name : {"first", "second"}) {
      fs::create_directories(folder_ / name);
      settings_.plugin_path.push_back((folder_ / name).string());
    }
    staging_ = *Staging::open(folder_ / "staging");
  }
  ~PluginFilesTest() override {
    staging_.reset();
    fs::remove_all(folder_);
  }

  fs::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  static config::ComponentSettings by_name(const std::string& plugin) { return {.name = plugin, .plugin = plugin}; }
  static config::ComponentSettings by_file(const fs::path& file) {
    return {.name = "x", .plugin = file.string(), .by_file = true};
  }
  static std::string sha256(const fs::path& file) { return *sha256_of(file); }

  const fs::path folder_;
  config::Settings settings_;
  std::unique_ptr<Staging> staging_;
};

TEST_F(PluginFilesTest, ANameIsLookedForInTheFoldersInTheirOrder) {
  const fs::path second = write("second/a.so", "of the second");
  PluginFiles before(settings_, *staging_, nullptr);
  EXPECT_EQ((*before.find(by_name("a")))->path, fs::canonical(second));
  const fs::path first = write("first/a.so", "of the first");
  PluginFiles after(settings_, *staging_, nullptr);
  const auto file = after.find(by_name("a"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ((*file)->path, fs::canonical(first));
  EXPECT_EQ((*file)->sha256, sha256(first));
}

TEST_F(PluginFilesTest, AFileIsCopiedOnceHoweverItIsNamed) {
  const fs::path file = write("first/a.so", "x");
  fs::create_symlink(file, folder_ / "second" / "b.so");
  PluginFiles files(settings_, *staging_, nullptr);
  const auto direct = files.find(by_name("a"));
  const auto linked = files.find(by_name("b"));
  const auto named = files.find(by_file(file));
  ASSERT_TRUE(direct.ok() && linked.ok() && named.ok());
  EXPECT_EQ(*direct, *linked);
  EXPECT_EQ(*direct, *named);
}

TEST_F(PluginFilesTest, TheCopyStaysAsItWasReadWhenTheFileChanges) {
  const fs::path file = write("first/a.so", "as it was");
  PluginFiles files(settings_, *staging_, nullptr);
  const std::string before = sha256(file);
  ASSERT_TRUE(files.find(by_name("a")).ok());
  write("first/a.so", "as it is");
  const auto again = files.find(by_name("a"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->sha256, before);
  EXPECT_EQ(sha256((*again)->copy_path), before);
}

TEST_F(PluginFilesTest, AFileWithOtherContentsThanThoseAskedForIsRefused) {
  const fs::path file = write("first/a.so", "x");
  config::ComponentSettings pinned = by_name("a");
  pinned.sha256 = sha256(file);
  PluginFiles files(settings_, *staging_, nullptr);
  EXPECT_TRUE(files.find(pinned).ok());
  pinned.sha256 = std::string(64, '0');
  const core::Status refused = files.find(pinned).status();
  EXPECT_EQ(refused.code(), core::Code::config);
  EXPECT_EQ(refused.message(), fs::canonical(file).string() + " has the SHA-256 " + sha256(file) +
                                   ", the configuration asks for " + pinned.sha256);
}

TEST_F(PluginFilesTest, WhatIsNotThereIsSaidWithEveryPlaceLookedAt) {
  fs::create_directory(folder_ / "first" / "a.so");  // a folder is no plugin
  PluginFiles files(settings_, *staging_, nullptr);
  const core::Status missing = files.find(by_name("a")).status();
  EXPECT_EQ(missing.code(), core::Code::config);
  EXPECT_EQ(missing.message(), "there is no plugin 'a'; looked for " + (folder_ / "first/a.so").string() + ", " +
                                   (folder_ / "second/a.so").string());
  settings_.plugin_path.clear();
  EXPECT_EQ(files.find(by_name("a")).status().message(),
            "no folder to look for plugin 'a': set plugins.path");
}

TEST_F(PluginFilesTest, WhatIsNoLibraryIsRefusedUnderItsOwnName) {
  const fs::path file = write("first/a.so", "no library");
  PluginFiles files(settings_, *staging_, nullptr);
  const auto found = files.find(by_name("a"));
  ASSERT_TRUE(found.ok());
  const auto loaded = files.load(**found);
  EXPECT_EQ(loaded.status().code(), core::Code::config);
  EXPECT_NE(loaded.status().message().find(fs::canonical(file).string()), std::string::npos)
      << loaded.status().message();
}

}  // namespace
}  // namespace gatehouse::modules
