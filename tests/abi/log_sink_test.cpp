// A log sink plugin through core::LogSink.
#include "modules/adapters/log_sink.h"

#include "plugins_fixture.h"

namespace gatehouse::modules {
namespace {

core::LogLinePtr line(std::string json) {
  return std::make_shared<const core::LogLine>(core::LogLine{1, "gw-req-1", std::move(json)});
}

class PluginLogSinkTest : public testing::Test {
 protected:
  core::WriteResult write(const std::vector<core::LogLinePtr>& batch) { return sink_.write(batch, why_); }

  PluginLogSink sink_{*create("sink", GH_LOG_SINK_1)};
  std::string why_;
};

TEST_F(PluginLogSinkTest, TakesBatchesOfAnySize) {
  EXPECT_EQ(write({}), core::WriteResult::ok);
  EXPECT_EQ(write({line("{}")}), core::WriteResult::ok);
  EXPECT_EQ(write(std::vector<core::LogLinePtr>(1000, line("{}"))), core::WriteResult::ok);
  EXPECT_TRUE(sink_.flush(std::chrono::seconds(1)).ok());
  EXPECT_EQ(sink_.name(), "sink");
}

TEST_F(PluginLogSinkTest, AsksForABatchAgain) {
  EXPECT_EQ(write({line("{}"), line("retry")}), core::WriteResult::retry);
  EXPECT_EQ(why_, "the disk is full");
}

TEST_F(PluginLogSinkTest, AsksForABatchAgainWhenItThrows) {
  EXPECT_EQ(write({line("throw")}), core::WriteResult::retry);
  EXPECT_EQ(why_, "thrown in write");
}

TEST_F(PluginLogSinkTest, GivesABatchUp) {
  EXPECT_EQ(write({line("lose")}), core::WriteResult::lost);
  EXPECT_EQ(why_, "cannot be written");
}

}  // namespace
}  // namespace gatehouse::modules
