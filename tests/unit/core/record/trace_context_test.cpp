#include "core/record/trace_context.h"

#include <gtest/gtest.h>

#include <set>

#include "core/text/identifier.h"

namespace gatehouse::core {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceContext, KeepsTheCallersTrace) {
  const std::string trace(kTrace);
  for (const std::string& header :
       {"00-" + trace + "-00f067aa0ba902b7-01", "01-" + trace + "-00f067aa0ba902b7-01-later"}) {
    const TraceContext context = TraceContext::from(header);
    EXPECT_EQ(context.trace_id(), kTrace) << header;
    const std::string span = context.traceparent.substr(36, 16);
    EXPECT_NE(span, "00f067aa0ba902b7");
    EXPECT_EQ(span.find_first_not_of("0123456789abcdef"), span.npos);
    EXPECT_EQ(context.traceparent, "00-" + trace + "-" + span + "-01");
  }
  EXPECT_TRUE(TraceContext::from("00-" + trace + "-00f067aa0ba902b7-00").traceparent.ends_with("-00"));
}

TEST(TraceContext, StartsAnewOnWhatIsMalformed) {
  const std::string trace(kTrace);
  const std::string zeros(32, '0');
  for (const std::string& header :
       {std::string(), std::string("garbage"), "00-" + zeros + "-00f067aa0ba902b7-01",
        "00-" + trace + "-0000000000000000-01", "ff-" + trace + "-00f067aa0ba902b7-01",
        "00-" + trace + "-00f067aa0ba902b7-01-more", "00-" + trace + "-00F067AA0BA902B7-01"}) {
    const TraceContext context = TraceContext::from(header);
    EXPECT_NE(context.trace_id(), kTrace) << header;
    EXPECT_EQ(context.traceparent.size(), 55u);
    EXPECT_EQ(context.traceparent.substr(0, 3) + context.traceparent.substr(35, 1), "00--");
  }
}

TEST(Identifier, ExchangeIdsAreUniqueAndSortByTime) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(new_exchange_id());
  EXPECT_EQ(ids.size(), 10'000u);
  EXPECT_EQ(ids.begin()->size(), 39u);
  EXPECT_EQ((*ids.begin())[19], '7');  // the UUID's version
}

TEST(Identifier, RequestIdsThatMayStandInALog) {
  EXPECT_TRUE(is_valid_request_id("a.B-9_z"));
  EXPECT_TRUE(is_valid_request_id(std::string(128, 'a')));
  for (const std::string& bad :
       {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\nb"), std::string("\"")}) {
    EXPECT_FALSE(is_valid_request_id(bad)) << bad;
  }
}

}  // namespace
}  // namespace gatehouse::core
