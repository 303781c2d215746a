// How every dialect reads a caller's request, and what it refuses. The files are those of dialect_golden.h.
#include "dialect_golden.h"

namespace gatehouse::testing {
namespace {

using DialectRequest = DialectGolden;
using DialectRefusals = DialectGolden;

TEST_P(DialectRequest, IsReadAsAChat) {
  const auto asked = question();
  ASSERT_TRUE(asked.ok()) << asked.status().message();
  std::string text;
  if (!asked->client_id.empty()) text += "client_id: " + asked->client_id + "\n";
  if (!asked->caller_id.empty()) text += "caller_id: " + asked->caller_id + "\n";
  expect_golden(file(".chat"), text.append(asked->request.json()) + "\n");
}
INSTANTIATE_TEST_SUITE_P(, DialectRequest, ::testing::ValuesIn(files_of_each_dialect(".request.json")), named);

TEST_P(DialectRefusals, NameTheField) {
  std::istringstream bodies(read_file(golden(file(".jsonl"))));
  std::string said;
  for (std::string body; std::getline(bodies, body);) {
    const auto question = dialect().read(core::PaddedBytes(body));
    EXPECT_FALSE(question.ok()) << body;
    if (question.ok()) continue;
    const core::Status status = question.status();
    EXPECT_EQ(status.code(), core::Code::invalid_request) << body;
    const core::Failure& failure = status.failure();
    said += failure.param + " (" + failure.reason + "): " + failure.message + "\n";
  }
  expect_golden(file(".said"), said);
}
INSTANTIATE_TEST_SUITE_P(, DialectRefusals, ::testing::ValuesIn(files_of_each_dialect(".jsonl")), named);

}  // namespace
}  // namespace gatehouse::testing
