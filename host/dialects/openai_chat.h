// OpenAI chat completions, the dialect of POST /v1/chat/completions.
// Source: the OpenAI API specification 2.3.0 and the official SDKs' parsers. Immutable; any thread.
#pragma once

#include "dialects/dialect.h"

namespace gatehouse::dialects {

class OpenAiChat final : public Dialect {
 public:
  std::string_view name() const override { return "openai_chat"; }
  core::Result<Question> read(core::PaddedBytes body) const override;
  core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                     std::string& out) const override;
  std::unique_ptr<StreamEncoder> stream(const AnswerHead& head, const core::ChatRequest& request) const override;
  void error(const core::Status& status, std::string_view request_id, std::string& out) const override;
};

}  // namespace gatehouse::dialects
