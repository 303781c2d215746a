// The gateway's own envelope, the dialect of POST /v1/chat: OpenAI's request plus client_id and
// metadata.request_id in; one message, its usage and its provider out. Immutable; any thread.
#pragma once

#include "dialects/dialect.h"

namespace gatehouse::dialects {

class GatewayChat final : public Dialect {
 public:
  std::string_view name() const override { return "gateway_chat"; }
  core::Result<Question> read(core::PaddedBytes body) const override;
  core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                     std::string& out) const override;
  std::unique_ptr<StreamEncoder> stream(const AnswerHead& head, const core::ChatRequest& request) const override;
  void error(const core::Status& status, std::string_view request_id, std::string& out) const override;
};

// {"error":{"type","message",…}}: also what every endpoint without a dialect answers with.
void append_gateway_error(const core::Status& status, std::string& out);

}  // namespace gatehouse::dialects
