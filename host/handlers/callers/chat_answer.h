// Carries an exchange's answer to its caller: the dialect makes the bytes, the response sends them.
// One exchange, one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "core/record/record.h"
#include "core/reply/answer_writer.h"
#include "dialects/dialect.h"
#include "handlers/callers/limit_headers.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

class ChatAnswer final : public core::AnswerWriter {
 public:
  // REQUIRES: all three outlive the answer, and record.id and record.request_id are set.
  ChatAnswer(net::Response& response, const dialects::Dialect& dialect, LimitStyle limit_style,
             const core::Record& record, bool attempts_header)
      : response_(response),
        dialect_(dialect),
        limit_style_(limit_style),
        record_(record),
        attempts_header_(attempts_header) {}

  // The request, once it is known: a stream's encoder asks what the caller wants to see.
  // REQUIRES: outlives the answer.
  void answering(const core::ChatRequest& request) { request_ = &request; }

  void quotas(const core::Quotas& quotas) override;
  void target(std::string_view provider, std::string_view model) override;
  core::Status whole(const core::Reply& reply) override;
  core::Status chunk(const core::Chunk& chunk) override;
  core::Status end(const core::Usage& usage) override;
  core::Status heartbeat() override;
  void fail(const core::Status& status) override;
  int http_status() const override { return status_; }
  std::uint64_t bytes_sent() const override { return response_.bytes_sent(); }

 private:
  void set_ids();
  core::Status begin_stream();

  net::Response& response_;
  const dialects::Dialect& dialect_;
  const LimitStyle limit_style_;
  const core::Record& record_;
  const bool attempts_header_;
  const core::ChatRequest* request_ = nullptr;
  dialects::AnswerHead head_;
  std::unique_ptr<dialects::StreamEncoder> stream_;  // once the stream has begun
  std::string out_;
  int status_ = 0;
};

}  // namespace gatehouse::handlers
