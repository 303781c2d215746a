// A caller's body in every dialect: read or refused, never worse; and what is read is a chat request.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dialects/anthropic_messages.h"
#include "dialects/embeddings.h"
#include "dialects/gateway_chat.h"
#include "dialects/openai_chat.h"
#include "dialects/openai_responses.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse;
  static const dialects::GatewayChat gateway_chat;
  static const dialects::OpenAiChat openai_chat;
  static const dialects::OpenAiResponses openai_responses;
  static const dialects::AnthropicMessages anthropic_messages;
  static const dialects::Embeddings embeddings;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const dialects::Dialect* dialect : std::initializer_list<const dialects::Dialect*>{
           &gateway_chat, &openai_chat, &openai_responses, &anthropic_messages, &embeddings}) {
    const core::Result<dialects::Question> question = dialect->read(core::PaddedBytes(body));
    std::string error;
    if (!question.ok()) {
      dialect->error(question.status(), "id", error);
    } else if (!core::ChatRequest::parse(core::PaddedBytes(question->request.json())).ok()) {
      std::abort();
    }
  }
  return 0;
}
