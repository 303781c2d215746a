#include "dialects/responses/openai_responses.h"

#include "dialects/openai_json.h"
#include "dialects/responses/responses_json.h"
#include "dialects/responses/responses_request.h"
#include "dialects/responses/responses_stream.h"

namespace gatehouse::dialects {

using Kind = ResponseItem::Kind;

core::Result<Question> OpenAiResponses::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& request, read_responses_request(body));
  return Question{std::move(request), {}, {}};
}

core::Status OpenAiResponses::whole(const AnswerHead& head, const core::ChatRequest&, const core::Reply& reply,
                                    std::string& out) const {
  const core::Choice& choice = reply.first_choice();
  std::vector<ResponseItem> output;
  for (const core::Reasoning& one : choice.reasoning) {
    const std::string& data = one.sealed ? one.text : one.signature;
    output.push_back({Kind::reasoning,
                {},
                one.sealed ? std::string() : one.text,
                {},
                {},
                opaque_of(!one.sealed, one.format, one.tool_call, data)});
  }
  if (!choice.text.empty()) output.push_back({Kind::message, {}, choice.text, {}, {}, {}});
  for (const core::ToolCall& call : choice.tool_calls) {
    output.push_back({Kind::call, {}, call.arguments, call.id, call.name, {}});
  }
  for (std::size_t place = 0; place < output.size(); ++place) {
    output[place].id = item_id(output[place].kind, head, place);
  }
  ResponseState state = ended(choice.finish_reason);
  state.output = output;
  state.usage = &reply.usage;
  append_response(out, head, state);
  return {};
}

std::unique_ptr<StreamEncoder> OpenAiResponses::stream(const AnswerHead& head, const core::ChatRequest&) const {
  return std::make_unique<ResponsesStream>(head);
}

void OpenAiResponses::error(const core::Status& status, std::string_view, std::string& out) const {
  append_openai_error(status, out);
}

}  // namespace gatehouse::dialects
