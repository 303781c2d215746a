#include "store/state.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "store/data_folder.h"
#include "store/database/data_dir.h"
#include "store/keys/keys.h"

namespace gatehouse::store {
namespace {

namespace fs = std::filesystem;

// A data_dir in which a gateway has worked and a key was made.
class StateTest : public testing::Test {
 protected:
  StateTest() {
    begin(folder_);
    EXPECT_TRUE(DataDirLock::take(folder_.text()).ok());
  }
  static void begin(const DataFolder& folder) {
    core::Result<State> state = open_state(folder.text());
    ASSERT_TRUE(state.ok()) << state.status().message();
    EXPECT_TRUE(Keys(*state->database, state->hash).create({"", "web", {}, {}, 0, false}).ok());
  }
  // Refused alike by whoever opens and by whoever looks, and nothing is changed.
  void expect_lost(const std::string& what) const {
    const std::map<std::string, std::string> before = files();
    for (const core::Status& status : {open_state(folder_.text()).status(), look_at_state(folder_.text()).status()}) {
      EXPECT_EQ(status.code(), core::Code::config);
      EXPECT_NE(status.message().find(what), std::string::npos) << status.message();
      EXPECT_NE(status.message().find("backup"), std::string::npos) << status.message();
      EXPECT_NE(status.message().find("begin-anew"), std::string::npos) << status.message();
    }
    EXPECT_EQ(files(), before);
  }
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_.text())) {
      std::ifstream file(entry.path(), std::ios::binary);
      all[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return all;
  }
  void write(const std::string& name, std::streamoff at, const std::string& bytes) const {
    std::fstream file(folder_.file(name), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  DataFolder folder_;
};

TEST_F(StateTest, SoundOnesAreOpenedAndLookedAt) {
  EXPECT_TRUE(open_state(folder_.text()).ok());
  const std::map<std::string, std::string> before = files();
  const auto looked = look_at_state(folder_.text());
  ASSERT_TRUE(looked.ok()) << looked.status().message();
  ASSERT_TRUE(looked->has_value());
  EXPECT_EQ(Keys(*(*looked)->database, (*looked)->hash).list()->size(), 1u);
  EXPECT_EQ(files(), before);
}

TEST_F(StateTest, LookingMakesNothing) {
  const DataFolder empty;
  const auto looked = look_at_state(empty.text());
  ASSERT_TRUE(looked.ok()) << looked.status().message();
  EXPECT_FALSE(looked->has_value());
  EXPECT_TRUE(fs::is_empty(empty.text()));
  EXPECT_TRUE(look_at_state(empty.text() + "/absent").ok());
  EXPECT_FALSE(fs::exists(empty.text() + "/absent"));
}

TEST_F(StateTest, ALostOrEmptyDatabaseIsNotMadeAnew) {
  fs::resize_file(folder_.file("gatehouse.db"), 0);
  expect_lost("gatehouse.db is empty");
  fs::remove(folder_.file("gatehouse.db"));
  expect_lost("gatehouse.db is gone");
  fs::remove(folder_.file("key.secret"));
  expect_lost("gatehouse.db is gone");
}

TEST_F(StateTest, ALostOrDamagedSecretIsNotMadeAnew) {
  write("key.secret", 0, std::string(32, 'x'));
  expect_lost("not of the same gateway");
  fs::resize_file(folder_.file("key.secret"), 3);
  expect_lost("key.secret is damaged");
  fs::resize_file(folder_.file("key.secret"), 0);
  expect_lost("key.secret is damaged");
  fs::remove(folder_.file("key.secret"));
  expect_lost("1 keys in gatehouse.db open nothing");
}

TEST_F(StateTest, ADamagedDatabaseIsRefused) {
  const auto size = static_cast<std::streamoff>(fs::file_size(folder_.file("gatehouse.db")));
  write("gatehouse.db", 4096, std::string(static_cast<std::size_t>(size - 4096), '\xA5'));
  expect_lost("gatehouse.db");
  write("gatehouse.db", 0, std::string(100, 'x'));
  expect_lost("gatehouse.db");
}

TEST_F(StateTest, PartsOfTwoGatewaysDoNotFit) {
  const DataFolder other;
  begin(other);
  fs::copy_file(other.file("gatehouse.db"), folder_.file("gatehouse.db"), fs::copy_options::overwrite_existing);
  expect_lost("not of the same gateway");
}

TEST_F(StateTest, AnotherProgramsDatabaseIsLeftAlone) {
  {
    auto database = Database::open(folder_.text());
    ASSERT_TRUE(database.ok());
    (*database)->run("ALTER TABLE keys RENAME TO locks");
  }
  const std::map<std::string, std::string> before = files();
  EXPECT_NE(open_state(folder_.text()).status().message().find("another program"), std::string::npos);
  EXPECT_NE(look_at_state(folder_.text()).status().message().find("another program"), std::string::npos);
  EXPECT_FALSE(begin_anew(folder_.text()).ok());
  EXPECT_EQ(files(), before);
}

TEST_F(StateTest, KilledAsItBeganItBeginsAgain) {
  const DataFolder half;
  ASSERT_TRUE(Database::open(half.text()).ok()) << "the database comes first";
  EXPECT_TRUE(look_at_state(half.text()).ok());
  EXPECT_TRUE(open_state(half.text()).ok());
  const DataFolder less;
  std::ofstream(less.file("gatehouse.db")).flush();
  EXPECT_TRUE(look_at_state(less.text()).ok());
  EXPECT_TRUE(open_state(less.text()).ok());
}

TEST_F(StateTest, BeginningAnewSetsAsideWhatIsLeft) {
  EXPECT_FALSE(begin_anew(folder_.text()).ok()) << "it is sound";
  const std::string secret = files()["key.secret"];
  fs::remove(folder_.file("gatehouse.db"));
  const auto moved = begin_anew(folder_.text());
  ASSERT_TRUE(moved.ok()) << moved.status().message();
  ASSERT_FALSE(moved->empty());
  EXPECT_NE(files()["key.secret"], secret);
  EXPECT_EQ(files()[fs::path(moved->back()).filename()], secret);
  core::Result<State> state = open_state(folder_.text());
  ASSERT_TRUE(state.ok()) << state.status().message();
  EXPECT_TRUE(Keys(*state->database, state->hash).list()->empty());
}

}  // namespace
}  // namespace gatehouse::store
