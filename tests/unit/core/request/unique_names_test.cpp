#include "core/request/unique_names.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/request/chat_request.h"

namespace gatehouse::core {
namespace {

TEST(UniqueNames, FindsANameThatIsThereHoweverManyThereAre) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("name" + std::to_string(i));
  for (std::size_t many = 1; many <= names.size(); ++many) {
    UniqueNames seen;
    for (std::size_t i = 0; i < many; ++i) ASSERT_TRUE(seen.add(names[i])) << many;
    for (std::size_t i = 0; i < many; ++i) ASSERT_FALSE(seen.add(names[i])) << many << " " << i;
  }
}

struct Twice {
  const char* inside;  // what stands in the request beside its model
  const char* place;
};

class GivenTwice : public testing::TestWithParam<Twice> {};

TEST_P(GivenTwice, IsRefusedByItsPlace) {
  const std::string body = "{\"model\":\"m\"," + std::string(GetParam().inside) + "}";
  const auto request = ChatRequest::parse(PaddedBytes(body));
  ASSERT_FALSE(request.ok()) << body;
  EXPECT_EQ(request.status().code(), Code::invalid_request);
  EXPECT_EQ(request.status().failure().param, GetParam().place);
  EXPECT_EQ(request.status().message(), "'" + std::string(GetParam().place) + "' is given twice");
}

INSTANTIATE_TEST_SUITE_P(
    AtAnyDepth, GivenTwice,
    testing::Values(
        Twice{R"("messages":[{"role":"user","content":"a"}],"model":"b")", "model"},
        Twice{R"("messages":[{"role":"user","content":"a"}],"m\u006fdel":"b")", "model"},
        Twice{R"("x":1,"messages":[{"role":"user","content":"a"}],"x":2)", "x"},
        Twice{R"("messages":[{"role":"user","content":"a"},{"role":"system","content":"b","role":"user"}])",
              "messages[1].role"},
        Twice{R"("messages":[{"role":"user","content":"a","c\u006fntent":"b"}])", "messages[0].content"},
        Twice{R"("messages":[{"role":"user","content":[{"type":"text","text":"a","text":"b"}]}])",
              "messages[0].content[0].text"},
        Twice{R"("messages":[{"role":"assistant","tool_calls":[{"id":"1","id":"2"}]}])",
              "messages[0].tool_calls[0].id"},
        Twice{R"("messages":[{"role":"user","content":"a"}],"tools":[1,{"function":{"parameters":{"a":1,"a":2}}}])",
              "tools[1].function.parameters.a"},
        Twice{R"("messages":[{"role":"user","content":"a"}],"stream_options":{"a":1,"a":2})", "stream_options.a"},
        Twice{R"("messages":[{"role":"user","content":"a"}],"unknown":[[[{"":1,"":2}]]])", "unknown[0][0][0]."},
        Twice{R"("messages":[{"role":"user","content":"a"}],"metadata":{"a":{"b":{"c":0,"c":0}}})",
              "metadata.a.b.c"}));

TEST(GivenTwice, InDifferentObjectsIsNoMatter) {
  EXPECT_TRUE(ChatRequest::parse(PaddedBytes(R"({"model":"m","a":{"x":1,"y":{"x":2}},"b":{"x":1},
      "messages":[{"role":"user","content":"a"},{"role":"user","content":"a"}]})"))
                  .ok());
}

}  // namespace
}  // namespace gatehouse::core
