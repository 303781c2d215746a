// Many parallel tool calls, and their results in any order: what a provider's plugin does for a request grows with the
// request, and no faster. Instead of a clock it takes this thread's CPU time, and looks at growth alone.
#include "codec_golden.h"

#include <algorithm>
#include <ctime>

namespace gatehouse::testing {
namespace {

enum class Order { given, reversed };

std::string result(int i) {
  return R"({"role":"tool","tool_call_id":"call_)" + std::to_string(i) + R"(","content":"r)" + std::to_string(i) +
         R"("})";
}

// An assistant's message with `calls` calls, each sealed, and a message for each result; a text among them.
std::string request_with(int calls, Order order) {
  std::string asked, seals, results;
  for (int i = 0; i < calls; ++i) {
    const std::string n = std::to_string(i);
    asked += (i == 0 ? "" : ",");
    asked += R"({"id":"call_)" + n + R"(","type":"function","function":{"name":"f","arguments":"{}"}})";
    seals += (i == 0 ? "" : ",");
    seals += R"({"type":"reasoning.encrypted","format":"google-gemini-v1","id":"call_)" + n + R"(","data":"c2VhbA=="})";
    results += "," + result(order == Order::given ? i : calls - 1 - i);
    if (i == calls / 2) results += R"(,{"role":"user","content":"meanwhile"})";
  }
  return R"({"model":"m","messages":[{"role":"user","content":"go"},{"role":"assistant","content":"so","tool_calls":[)" +
         asked + R"(],"reasoning_details":[)" + seals + "]}" + results + "]}";
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// The least of three: a busy machine makes it more, never less.
double cost(const std::string& plugin, const std::string& json) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double before = cpu_seconds();
    EXPECT_FALSE(body_of(plugin, json).empty());
    least = std::min(least, cpu_seconds() - before);
  }
  return least;
}

class ParallelCalls : public ::testing::TestWithParam<const char*> {};

TEST_P(ParallelCalls, CostNoMoreThanTheirNumberInAnyOrder) {
  constexpr int kFew = 500, kTimes = 8;
  for (const Order order : {Order::given, Order::reversed}) {
    const double few = cost(GetParam(), request_with(kFew, order));
    const double many = cost(GetParam(), request_with(kFew * kTimes, order));
    EXPECT_LT(many, few * kTimes * 3) << "in the order " << (order == Order::given ? "given" : "reversed");
  }
}

INSTANTIATE_TEST_SUITE_P(, ParallelCalls, ::testing::Values("anthropic", "gemini", "ollama", "openai"));

// The others are sent the messages as they come.
class ParallelResults : public ::testing::TestWithParam<const char*> {};

TEST_P(ParallelResults, StandInTheOrderOfTheirCallsHoweverTheyCame) {
  EXPECT_EQ(body_of(GetParam(), request_with(20, Order::reversed)),
            body_of(GetParam(), request_with(20, Order::given)));
}

INSTANTIATE_TEST_SUITE_P(, ParallelResults, ::testing::Values("anthropic", "gemini"));

}  // namespace
}  // namespace gatehouse::testing
