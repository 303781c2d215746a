#include "store/keys/key_hash.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "store/data_folder.h"

namespace gatehouse::store {
namespace {

std::string hex(const KeyDigest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

TEST(KeyHash, IsTheStandardsHmacSha256) {  // RFC 4231, test case 2
  EXPECT_EQ(hex(KeyHash("Jefe")("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyHash, AskedTwiceItSaysTheSameAndAnotherSecretSaysAnother) {
  const KeyHash hash("one");
  EXPECT_EQ(hash("x"), hash("x"));
  EXPECT_NE(hash("x"), hash("y"));
  EXPECT_NE(hash("x"), KeyHash("other")("x"));
}

TEST(KeyHash, OfProcessesThatStartAtOnceAllUseTheFirstsSecret) {
  const DataFolder folder;
  constexpr int kProcesses = 8;
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    const auto hash = KeyHash::open(folder.text());
    const KeyDigest digest = hash.ok() ? (*hash)("x") : KeyDigest{};
    _exit(write(pipe_ends[1], digest.data(), digest.size()) == static_cast<ssize_t>(digest.size()) ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::set<KeyDigest> digests;
  for (int i = 0; i < kProcesses; ++i) {
    KeyDigest digest;
    ASSERT_EQ(read(pipe_ends[0], digest.data(), digest.size()), static_cast<ssize_t>(digest.size()));
    digests.insert(digest);
    int status = 0;
    wait(&status);
  }
  close(pipe_ends[0]);
  EXPECT_EQ(digests.size(), 1u);
  EXPECT_FALSE(digests.contains(KeyDigest{})) << "one of them could not open it";
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.text())) ++files;
  EXPECT_EQ(files, 1u) << "a draft was left behind";
}

TEST(KeyHash, TheSecretIsForTheOwnerAlone) {
  const DataFolder folder;
  const std::string file = folder.file("key.secret");
  const KeyHash hash = *KeyHash::open(folder.text());
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ((*KeyHash::open(folder.text()))("x"), hash("x")) << "it is made once";
  for (const mode_t mode : {0644u, 0620u, 0601u}) {
    chmod(file.c_str(), mode);
    EXPECT_TRUE(KeyHash::look(folder.text()).ok());
    ASSERT_EQ(stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, mode) << "looking changes nothing";
    EXPECT_TRUE(KeyHash::open(folder.text()).ok()) << "it is ours, so we may take it back from the group";
    ASSERT_EQ(stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
}

TEST(KeyHash, ASecretOfSomebodyElseThatOthersMayReadIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  const DataFolder folder;
  const std::string file = folder.file("key.secret");
  ASSERT_TRUE(KeyHash::open(folder.text()).ok());
  ASSERT_EQ(chown(file.c_str(), 65534, 65534), 0);
  chmod(file.c_str(), 0644);
  const core::Status refused = KeyHash::open(folder.text()).status();
  EXPECT_EQ(refused.code(), core::Code::config);
  EXPECT_NE(refused.message().find("chmod 600"), std::string::npos) << refused.message();
}

TEST(KeyHash, ADamagedSecretIsSaidAndNotReplaced) {
  const DataFolder folder;
  ASSERT_TRUE(KeyHash::open(folder.text()).ok());
  std::filesystem::resize_file(folder.file("key.secret"), 3);
  EXPECT_EQ(KeyHash::open(folder.text()).status().code(), core::Code::config);
  EXPECT_EQ(std::filesystem::file_size(folder.file("key.secret")), 3u);
}

TEST(NewKey, IsLongUrlSafeAndNeverTheSame) {
  std::set<std::string> keys;
  for (int i = 0; i < 100; ++i) {
    const std::string key = new_key();
    EXPECT_EQ(key.size(), 46u);
    EXPECT_TRUE(key.starts_with(kKeyBegins));
    EXPECT_EQ(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), key.npos);
    keys.insert(key);
  }
  EXPECT_EQ(keys.size(), 100u);
}

}  // namespace
}  // namespace gatehouse::store
