#include "net/front/failure_answer.h"

#include <chrono>

#include "core/text/identifier.h"
#include "core/text/json_writer.h"

namespace gatehouse::net {

core::Status answer_failure(Response& response, const core::Status& failure) {
  std::string body;
  core::JsonObject answer(body);
  core::JsonObject error(answer.key("error"));
  error.add("type", core::info(failure.code()).type).add("message", failure.message());
  error.close();
  answer.close();
  response.clear();  // what a handler had set belongs to another answer
  response.set_status(failure.http_status());
  response.set("content-type", "application/json");
  response.set("x-request-id", core::new_exchange_id());
  if (const auto after = failure.failure().retry_after; after.count() > 0)
    response.set("retry-after", std::to_string(std::chrono::ceil<std::chrono::seconds>(after).count()));
  return response.send_body(body);
}

}  // namespace gatehouse::net
