#include <algorithm>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include <gtest/gtest.h>

#include "killed_writer.h"
#include "loaded_sink.h"

namespace gatehouse::testing {
namespace {

namespace fs = std::filesystem;

std::string config_for(const std::string& path, const std::string& more = "") {
  return "{\"path\":" + json_string(path) + more + "}";
}

// The files that rotation set aside, oldest first.
std::vector<std::string> rotated(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path())) {
    if (entry.path() != path) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Jsonl, AppendsALinePerRecordAndMakesTheFolders) {
  const TempFolder folder;
  const std::string path = folder / "a/b/requests.jsonl";
  for (const std::string prefix : {"first", "second"}) {  // the second instance goes on where the first ended
    LoadedSink sink("jsonl", config_for(path, R"(,"fsync":true)"));
    EXPECT_EQ(sink.write(batch_of(2, prefix)).status, GH_OK);
    EXPECT_EQ(sink.write({}).status, GH_OK);
    EXPECT_EQ(sink.flush().status, GH_OK);
  }
  EXPECT_EQ(ids_in_lines(path), (std::vector<std::string>{"first-0", "first-1", "second-0", "second-1"}));
}

TEST(Jsonl, RotationLosesNothing) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  LoadedSink sink("jsonl", config_for(path, R"(,"rotate_at":"2KiB")"));
  std::vector<std::string> written;
  for (int i = 0; i < 50; ++i) {
    const auto ids = batch_of(3, std::to_string(i));
    ASSERT_EQ(sink.write(ids).status, GH_OK);
    written.insert(written.end(), ids.begin(), ids.end());
  }
  std::vector<std::string> found;
  auto files = rotated(path);
  EXPECT_EQ(files.size(), 24u);  // two batches to a file
  files.push_back(path);
  for (const std::string& file : files) {
    EXPECT_LE(fs::file_size(file), 2048u);
    const auto ids = ids_in_lines(file);
    found.insert(found.end(), ids.begin(), ids.end());
  }
  EXPECT_EQ(found, written);
}

TEST(Jsonl, KeepsTheNewestOfTheRotated) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  std::ofstream(folder / "requests.jsonl.bak") << "not ours";
  LoadedSink sink("jsonl", config_for(path, R"(,"rotate_at":1,"keep":2)"));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(sink.write(batch_of(1, std::to_string(i))).status, GH_OK);
  auto files = rotated(path);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(ids_in_lines(files[0]), batch_of(1, "3"));
  EXPECT_EQ(ids_in_lines(files[1]), batch_of(1, "4"));
  EXPECT_EQ(files[2], folder / "requests.jsonl.bak");
  EXPECT_EQ(ids_in_lines(path), batch_of(1, "5"));
}

TEST(Jsonl, BeginsANewFileWhenTheOldIsMovedOrDeleted) {
  const TempFolder folder;
  const std::string path = folder / "logs/requests.jsonl";
  LoadedSink sink("jsonl", config_for(path));
  ASSERT_EQ(sink.write(batch_of(1, "a")).status, GH_OK);
  fs::rename(path, folder / "moved");
  ASSERT_EQ(sink.write(batch_of(1, "b")).status, GH_OK);
  EXPECT_EQ(ids_in_lines(folder / "moved"), batch_of(1, "a"));
  EXPECT_EQ(ids_in_lines(path), batch_of(1, "b"));
  fs::remove_all(folder / "logs");
  ASSERT_EQ(sink.write(batch_of(1, "c")).status, GH_OK);
  EXPECT_EQ(ids_in_lines(path), batch_of(1, "c"));
}

TEST(Jsonl, AFullDiskLeavesNoHalfLineAndNoDoubles) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  LoadedSink sink("jsonl", config_for(path));
  ASSERT_EQ(sink.write(batch_of(2, "before")).status, GH_OK);
  const auto size = fs::file_size(path);
  {
    const FullDisk disk(size + 700);  // room for two lines of the five, and a part of the third
    const Outcome full = sink.write(batch_of(5, "batch"));
    EXPECT_EQ(full.status, GH_ERETRY);
    EXPECT_EQ(full.message(), "cannot write to " + path + ": File too large");
    EXPECT_EQ(fs::file_size(path), size);
    EXPECT_EQ(sink.write(batch_of(5, "batch")).status, GH_ERETRY);
  }
  EXPECT_EQ(sink.write(batch_of(5, "batch")).status, GH_OK);
  auto expected = batch_of(2, "before");
  for (const std::string& id : batch_of(5, "batch")) expected.push_back(id);
  EXPECT_EQ(ids_in_lines(path), expected);
}

TEST(Jsonl, RemovesTheHalfLineOfAKilledWriter) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  std::ofstream(path) << record_json("whole") << "\n" << record_json("half").substr(0, 99);
  LoadedSink sink("jsonl", config_for(path));
  ASSERT_EQ(sink.write({"next"}).status, GH_OK);
  EXPECT_EQ(ids_in_lines(path), (std::vector<std::string>{"whole", "next"}));
}

TEST(Jsonl, WhatIsAcknowledgedSurvivesAKill) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 10; ++round) {
    const auto ids = ids_of_killed_writer("jsonl", config_for(path), "r" + std::to_string(round), 100);
    acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
  }
  EXPECT_GE(acknowledged.size(), 1000u);
  ASSERT_EQ(LoadedSink("jsonl", config_for(path)).write({"last"}).status, GH_OK);
  const auto found = ids_in_lines(path);
  const std::multiset<std::string> lines(found.begin(), found.end());
  for (const std::string& id : acknowledged) ASSERT_EQ(lines.count(id), 1u) << id;
  for (const std::string& id : found) ASSERT_EQ(id.find("NOT A RECORD"), std::string::npos) << id;
}

// While a plugin is swapped, the old instance and the new one write to one file.
TEST(Jsonl, TwoWritersShareAFileAndItsRotation) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  const auto write_all = [&](const std::string& prefix) {
    LoadedSink sink("jsonl", config_for(path, R"(,"rotate_at":"20KiB")"));
    for (int i = 0; i < 200; ++i) {
      while (sink.write(batch_of(3, prefix + std::to_string(i))).status != GH_OK) std::this_thread::yield();
    }
  };
  std::thread other(write_all, "a");
  write_all("b");
  other.join();
  std::multiset<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    for (const std::string& id : ids_in_lines(entry.path())) found.insert(id);
  }
  EXPECT_EQ(found.size(), 1200u);
  for (const std::string prefix : {"a", "b"}) {
    for (int i = 0; i < 200; ++i) {
      for (const std::string& id : batch_of(3, prefix + std::to_string(i))) EXPECT_EQ(found.count(id), 1u) << id;
    }
  }
}

// Its half-written batch must not be taken for the half line of a dead one.
TEST(Jsonl, DoesNotTouchAFileAnotherIsWritingTo) {
  const TempFolder folder;
  const std::string path = folder / "requests.jsonl";
  LoadedSink sink("jsonl", config_for(path));
  const int other = ::open(path.c_str(), O_WRONLY | O_APPEND);
  ASSERT_EQ(::flock(other, LOCK_SH), 0);  // which stops nothing less than an exclusive lock
  const std::string begin = record_json("a").substr(0, 50), rest = record_json("a").substr(50) + "\n";
  ASSERT_EQ(::write(other, begin.data(), begin.size()), 50);
  EXPECT_EQ(sink.write({"b"}).status, GH_ERETRY);
  ASSERT_EQ(::write(other, rest.data(), rest.size()), static_cast<ssize_t>(rest.size()));
  ::close(other);
  EXPECT_EQ(sink.write({"b"}).status, GH_OK);
  EXPECT_EQ(ids_in_lines(path), (std::vector<std::string>{"a", "b"}));
}

TEST(Jsonl, RefusesConfigurationsThatMakeNoSense) {
  const TempFolder folder;
  EXPECT_EQ(refusal("jsonl", "{}"), "config.path is missing");
  EXPECT_EQ(refusal("jsonl", config_for("/proc/none/requests.jsonl")),
            "cannot open /proc/none/requests.jsonl: No such file or directory");
  EXPECT_EQ(refusal("jsonl", config_for("/dev/null")), "/dev/null is not a regular file; choose another path");
  EXPECT_EQ(refusal("jsonl", config_for(folder / "x", R"(,"rotate_at":"big")")),
            "config.rotate_at must be a size such as 64KiB or 10MiB of at least 1, not \"big\"");
}

}  // namespace
}  // namespace gatehouse::testing
