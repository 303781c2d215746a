#include "net/http/response_head.h"

#include <gtest/gtest.h>

#include <ctime>

namespace gatehouse::net {
namespace {

TEST(ResponseHead, AStatusLineIsOneLineWhateverItsReason) {
  std::string out;
  append_status_line(out, 200, "OK");
  append_status_line(out, 499, "");
  append_status_line(out, 502, "Bad\r\nset-cookie: evil");
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nHTTP/1.1 499 \r\nHTTP/1.1 502 Bad  set-cookie: evil\r\n");
}

TEST(ResponseHead, TheDateIsNowAsHttpWritesIt) {
  std::string out;
  const std::time_t before = std::time(nullptr);
  append_date(out);
  const std::time_t after = std::time(nullptr);
  std::tm parsed{};
  const char* end = ::strptime(out.c_str(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parsed);
  ASSERT_NE(end, nullptr) << out;
  EXPECT_EQ(*end, '\0');
  EXPECT_EQ(out.size(), 37u);
  const std::time_t said = ::timegm(&parsed);
  EXPECT_GE(said, before);
  EXPECT_LE(said, after);
}

TEST(ResponseHead, AHandlerCannotSayHowItsAnswerIsFramed) {
  Poco::Net::HTTPResponse response;
  for (const char* ours : {"Connection", "content-length", "TRANSFER-ENCODING", "Date"}) response.set(ours, "x");
  response.set("content-type", "application/json");
  response.add("set-cookie", "a=1");
  response.add("set-cookie", "b=2");
  std::string out;
  append_fields(out, response);
  EXPECT_EQ(out, "content-type: application/json\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n");
}

}  // namespace
}  // namespace gatehouse::net
