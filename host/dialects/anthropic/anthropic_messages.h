// Anthropic's messages API, the dialect of POST /v1/messages. Any provider may answer it. Immutable; any thread.
#pragma once

#include "dialects/dialect.h"

namespace gatehouse::dialects {

class AnthropicMessages final : public Dialect {
 public:
  std::string_view name() const override { return "anthropic_messages"; }
  core::Result<Question> read(core::PaddedBytes body) const override;
  core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                     std::string& out) const override;
  std::unique_ptr<StreamEncoder> stream(const AnswerHead& head, const core::ChatRequest& request) const override;
  void error(const core::Status& status, std::string_view request_id, std::string& out) const override;
  int http_status(const core::Status& status) const override;  // overloaded is 529 here
};

}  // namespace gatehouse::dialects
