#include "modules/trial/trial_wire.h"

#include <gtest/gtest.h>

namespace gatehouse::modules {
namespace {

TEST(TrialWireTest, ATrialArrivesAsItWasSent) {
  const std::string bytes("any\0bytes\n", 10);
  const Trial sent{"/a/file.so", "shown", "component", {"one/1", "two/1"}, R"({"a":1})", PluginState{"me", 7, bytes}};
  const Trial got = from_wire(to_wire(sent));
  EXPECT_EQ(got.file, sent.file);
  EXPECT_EQ(got.shown, "shown");
  EXPECT_EQ(got.component, "component");
  EXPECT_EQ(got.interfaces, sent.interfaces);
  EXPECT_EQ(got.config, sent.config);
  ASSERT_TRUE(got.state);
  EXPECT_EQ(got.state->owner, "me");
  EXPECT_EQ(got.state->version, 7u);
  EXPECT_EQ(got.state->bytes, bytes);
}

TEST(TrialWireTest, WithoutStateThereIsNone) {
  const Trial got = from_wire(to_wire({"/a/file.so", "", "", {"one/1"}, "{}", {}}));
  EXPECT_FALSE(got.state);
  EXPECT_EQ(got.interfaces, std::vector<std::string>{"one/1"});
  const Trial empty = from_wire(to_wire({"/a/file.so", "", "", {"one/1"}, "{}", PluginState{"me", 1, ""}}));
  ASSERT_TRUE(empty.state);
  EXPECT_EQ(empty.state->bytes, "");
}

}  // namespace
}  // namespace gatehouse::modules
