#include "handlers/routing/answer.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "dialects/gateway_chat.h"

namespace gatehouse::handlers {

using namespace std::chrono_literals;

namespace {

// Up to a fifth more, so that callers who were refused together do not come back together.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  thread_local std::minstd_rand engine(std::random_device{}());
  return time + time * std::uniform_int_distribution<int>(0, 200)(engine) / 1000;
}

}  // namespace

void send_json(net::Response& response, int status, std::string_view id, std::string_view json) {
  response.set_status(status);
  response.add_field("content-type", "application/json");
  response.add_field("x-request-id", id);
  (void)response.send_body(json);  // a client that left is noticed by the connection
}

void send_error(net::Response& response, const core::Status& status, std::string_view id) {
  std::string body;
  dialects::append_gateway_error(status, body);
  set_retry_headers(response, status.failure());
  send_json(response, status.http_status(), id, body);
}

void set_retry_headers(net::Response& response, const core::Failure& failure) {
  if (failure.retry_useless) {
    response.add_field("x-should-retry", "false");
  } else if (failure.retry_after > 0ms) {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(failure.spread ? with_jitter(failure.retry_after)
                                                                              : failure.retry_after);
    response.add_field("retry-after", std::to_string(std::max(whole, 1s).count()));
    response.add_field("retry-after-ms", std::to_string(failure.retry_after.count()));
  }
}

}  // namespace gatehouse::handlers
