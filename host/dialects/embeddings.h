// OpenAI's embeddings, the dialect of POST /v1/embeddings. A request becomes a chat request in which
// every message is one input, see core::Task; vectors come back as numbers, or as base64 of their
// 32-bit floats, which OpenAI's SDKs ask for unless told otherwise. Immutable; any thread.
#pragma once

#include "dialects/dialect.h"

namespace gatehouse::dialects {

class Embeddings final : public Dialect {
 public:
  static constexpr std::size_t kMaxInputs = 2048;

  std::string_view name() const override { return "embeddings"; }
  core::Result<Question> read(core::PaddedBytes body) const override;
  core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                     std::string& out) const override;
  // Never called: such a request cannot ask for a stream.
  std::unique_ptr<StreamEncoder> stream(const AnswerHead&, const core::ChatRequest&) const override { return nullptr; }
  void error(const core::Status& status, std::string_view request_id, std::string& out) const override;
};

}  // namespace gatehouse::dialects
