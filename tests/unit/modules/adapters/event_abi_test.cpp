#include "modules/adapters/event_abi.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace gatehouse::modules {
namespace {

gh_event usage_of_size(std::size_t size) {
  gh_event raw{};
  raw.size = static_cast<std::uint32_t>(size);
  raw.kind = GH_EVENT_USAGE;
  raw.tokens_in = 100;
  raw.tokens_out = 50;
  raw.tokens_cache_write = 30;
  raw.tokens_cache_write_1h = 20;
  raw.tokens_audio_in = 40;
  raw.tokens_image_in = 10;
  raw.tokens_audio_out = 5;
  return raw;
}

TEST(EventAbi, ReadsAllThatAnEventHas) {
  const auto event = to_event(usage_of_size(sizeof(gh_event)));
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->usage.reported);
  EXPECT_EQ(event->usage.input, 100u);
  EXPECT_EQ(event->usage.cache_write_1h, 20u);
  EXPECT_EQ(event->usage.audio_input, 40u);
  EXPECT_EQ(event->usage.image_input, 10u);
  EXPECT_EQ(event->usage.audio_output, 5u);
}

TEST(EventAbi, NeverReadsBeyondTheSizeThatAnOlderPluginKnows) {
  const auto event = to_event(usage_of_size(offsetof(gh_event, tokens_cache_write_1h)));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->usage.cache_write, 30u);
  EXPECT_EQ(event->usage.cache_write_1h, 0u);
  EXPECT_EQ(event->usage.audio_input, 0u);
  EXPECT_EQ(event->usage.image_input, 0u);
  EXPECT_EQ(event->usage.audio_output, 0u);
  const auto half = to_event(usage_of_size(offsetof(gh_event, tokens_image_in)));
  ASSERT_TRUE(half);
  EXPECT_EQ(half->usage.audio_input, 40u);
  EXPECT_EQ(half->usage.image_input, 0u);
}

}  // namespace
}  // namespace gatehouse::modules
