// OpenAI's Responses API without its stored state, the dialect of POST /v1/responses. Any provider may
// answer it. Immutable; any thread.
#pragma once

#include "dialects/dialect.h"

namespace gatehouse::dialects {

class OpenAiResponses final : public Dialect {
 public:
  std::string_view name() const override { return "openai_responses"; }
  core::Result<Question> read(core::PaddedBytes body) const override;
  core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                     std::string& out) const override;
  std::unique_ptr<StreamEncoder> stream(const AnswerHead& head, const core::ChatRequest& request) const override;
  void error(const core::Status& status, std::string_view request_id, std::string& out) const override;
};

}  // namespace gatehouse::dialects
