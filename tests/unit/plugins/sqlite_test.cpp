#include <algorithm>
#include <thread>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "killed_writer.h"
#include "loaded_sink.h"

namespace gatehouse::testing {
namespace {

namespace fs = std::filesystem;

std::string config_for(const std::string& path) { return "{\"path\":" + json_string(path) + "}"; }

// Every row's columns joined by "|", as an operator with the sqlite3 command would see them.
std::vector<std::string> ask(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  std::vector<std::string> rows;
  const auto add = [](void* to, int count, char** values, char**) {
    std::string row;
    for (int i = 0; i < count; ++i) row += (i == 0 ? "" : "|") + std::string(values[i] == nullptr ? "NULL" : values[i]);
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 5000);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, &error), SQLITE_OK) << (error == nullptr ? "" : error);
  sqlite3_free(error);
  sqlite3_close(database);
  return rows;
}

std::vector<std::string> ids(const std::string& path) { return ask(path, "SELECT id FROM exchanges ORDER BY rowid"); }

TEST(Sqlite, KeepsRecordsWithTheirFieldsAsColumns) {
  const TempFolder folder;
  const std::string path = folder / "a/b/requests.db";
  LoadedSink sink("sqlite", config_for(path));
  ASSERT_EQ(sink.write(batch_of(3, "r")).status, GH_OK);
  ASSERT_EQ(sink.write({}).status, GH_OK);
  ASSERT_EQ(sink.flush().status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(3, "r"));
  EXPECT_EQ(ask(path, "SELECT unix_us, client_id, status, in_tokens, out_tokens FROM exchanges WHERE id = 'r-1'"),
            std::vector<std::string>{"1000000|web|200|3|NULL"});
  EXPECT_EQ(ask(path, "SELECT record FROM exchanges WHERE id = 'r-2'"), std::vector<std::string>{record_json("r-2")});
  EXPECT_EQ(ask(path, "PRAGMA user_version"), std::vector<std::string>{"1"});
  EXPECT_EQ(ask(path, "PRAGMA journal_mode")[0], "delete") << "not wal; truncate is the writer's own setting";
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), std::vector<std::string>{"ok"});
}

TEST(Sqlite, ABatchThatComesTwiceIsOneBatch) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  for (int i = 0; i < 2; ++i) {
    LoadedSink sink("sqlite", config_for(path));
    ASSERT_EQ(sink.write(batch_of(3, "r")).status, GH_OK);
    ASSERT_EQ(sink.write({"r-2", "r-3"}).status, GH_OK);
  }
  EXPECT_EQ(ids(path), batch_of(4, "r"));
}

TEST(Sqlite, WhatIsAcknowledgedSurvivesAKill) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 8; ++round) {
    const auto some = ids_of_killed_writer("sqlite", config_for(path), "r" + std::to_string(round), 50);
    acknowledged.insert(acknowledged.end(), some.begin(), some.end());
  }
  EXPECT_GE(acknowledged.size(), 400u);
  LoadedSink sink("sqlite", config_for(path));
  EXPECT_TRUE(sink.log_lines().empty()) << sink.log_lines()[0];
  ASSERT_EQ(sink.write({"last"}).status, GH_OK);
  const auto rows = ids(path);
  const std::multiset<std::string> found(rows.begin(), rows.end());
  for (const std::string& id : acknowledged) ASSERT_EQ(found.count(id), 1u) << id;
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), std::vector<std::string>{"ok"});
}

TEST(Sqlite, AFullDiskTakesNothingAndIsOvercome) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  LoadedSink sink("sqlite", config_for(path));
  ASSERT_EQ(sink.write(batch_of(2, "before")).status, GH_OK);
  {
    const FullDisk disk(fs::file_size(path) + 4096);
    EXPECT_EQ(sink.write(batch_of(500, "batch")).status, GH_ERETRY);
    EXPECT_EQ(sink.write(batch_of(500, "batch")).status, GH_ERETRY);
  }
  EXPECT_EQ(ids(path), batch_of(2, "before"));
  EXPECT_EQ(sink.write(batch_of(500, "batch")).status, GH_OK);
  EXPECT_EQ(ids(path).size(), 502u);
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), std::vector<std::string>{"ok"});
}

TEST(Sqlite, ALockedDatabaseIsTriedAgain) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  LoadedSink sink("sqlite", config_for(path));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(sink.write(batch_of(2, "r")).status, GH_ERETRY);
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(sink.write(batch_of(2, "r")).status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(2, "r"));
}

TEST(Sqlite, BeginsANewFileWhenTheOldIsMovedOrDeleted) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  LoadedSink sink("sqlite", config_for(path));
  ASSERT_EQ(sink.write(batch_of(1, "a")).status, GH_OK);
  fs::rename(path, folder / "moved.db");
  ASSERT_EQ(sink.write(batch_of(1, "b")).status, GH_OK);
  EXPECT_EQ(ids(folder / "moved.db"), batch_of(1, "a"));
  EXPECT_EQ(ids(path), batch_of(1, "b"));
  fs::remove(path);
  ASSERT_EQ(sink.write(batch_of(1, "c")).status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(1, "c"));
}

std::vector<std::string> set_aside(const TempFolder& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename();
    const bool is_journal = name.find("-journal") != std::string::npos;
    if (name.find(".corrupt-") != std::string::npos && !is_journal) files.push_back(entry.path());
  }
  return files;
}

TEST(Sqlite, SetsAFileAsideThatIsNoDatabase) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  std::ofstream(path) << std::string(10000, '?');
  LoadedSink sink("sqlite", config_for(path));
  ASSERT_EQ(sink.log_lines().size(), 1u);
  EXPECT_EQ(sink.log_lines()[0].find(path + " is damaged; it was moved to " + path + ".corrupt-"), 0u);
  ASSERT_EQ(sink.write(batch_of(1, "r")).status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(1, "r"));
  ASSERT_EQ(set_aside(folder).size(), 1u);
  EXPECT_EQ(fs::file_size(set_aside(folder)[0]), 10000u);
}

TEST(Sqlite, SetsADamagedDatabaseAside) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  ASSERT_EQ(LoadedSink("sqlite", config_for(path)).write(batch_of(500, "r")).status, GH_OK);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096) << std::string(20 * 4096, '\x5a');
  file.close();
  LoadedSink sink("sqlite", config_for(path));
  EXPECT_EQ(set_aside(folder).size(), 1u);
  ASSERT_EQ(sink.write(batch_of(1, "new")).status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(1, "new"));
}

TEST(Sqlite, RefusesTheSchemaOfANewerGatehouse) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  ASSERT_EQ(LoadedSink("sqlite", config_for(path)).write(batch_of(1, "r")).status, GH_OK);
  ask(path, "PRAGMA user_version = 2");
  EXPECT_EQ(
      refusal("sqlite", config_for(path)),
      path + " has schema version 2 of a newer Gatehouse, this one knows up to 1; choose another path or upgrade");
  EXPECT_EQ(ids(path), batch_of(1, "r"));
}

TEST(Sqlite, RefusesAPathThatCannotBeOpened) {
  EXPECT_EQ(refusal("sqlite", config_for("/proc/none/requests.db")).find("cannot open /proc/none/requests.db: "), 0u);
}

TEST(Sqlite, OpensAFileThatAnotherIsWritingTo) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  ASSERT_EQ(LoadedSink("sqlite", config_for(path)).write(batch_of(1, "a")).status, GH_OK);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  LoadedSink sink("sqlite", config_for(path));
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(sink.write(batch_of(1, "b")).status, GH_OK);
}

TEST(Sqlite, WaitsForAFileThatAnotherHasLocked) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE mine (a); BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  LoadedSink sink("sqlite", config_for(path));
  EXPECT_EQ(sink.write(batch_of(1, "r")).status, GH_ERETRY);
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(sink.write(batch_of(1, "r")).status, GH_OK);
  EXPECT_EQ(ids(path), batch_of(1, "r"));
}

TEST(Sqlite, TwoInstancesShareAFile) {
  const TempFolder folder;
  const std::string path = folder / "requests.db";
  const LoadedSink elsewhere("sqlite", config_for(folder / "other.db"));  // TSan knows nothing of the lock in dlopen
  const auto write_all = [&](const std::string& prefix) {
    LoadedSink sink("sqlite", config_for(path));
    for (int i = 0; i < 20; ++i) {
      while (sink.write(batch_of(3, prefix + std::to_string(i))).status != GH_OK) std::this_thread::yield();
    }
  };
  std::thread other(write_all, "a");
  write_all("b");
  other.join();
  EXPECT_EQ(ask(path, "SELECT count(*) FROM exchanges"), std::vector<std::string>{"120"});
}

}  // namespace
}  // namespace gatehouse::testing
