#include "dialects/openai_responses.h"

#include "dialects/openai_json.h"
#include "dialects/responses_json.h"
#include "dialects/responses_request.h"
#include "dialects/responses_stream.h"

namespace gatehouse::dialects {

using Kind = ResponseItem::Kind;

namespace {

// The inside of the output array.
class Output {
 public:
  Output(const AnswerHead& head, std::string& out) : head_(head), out_(out) {}
  void add(ResponseItem item) {
    item.id = item_id(item.kind, head_, place_++);
    if (!out_.empty()) out_ += ',';
    append_item(out_, item, false);
  }

 private:
  const AnswerHead& head_;
  std::string& out_;
  std::size_t place_ = 0;
};

}  // namespace

core::Result<Question> OpenAiResponses::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& request, read_responses_request(body));
  return Question{std::move(request), {}, {}};
}

core::Status OpenAiResponses::whole(const AnswerHead& head, const core::ChatRequest&, const core::Reply& reply,
                                    std::string& out) const {
  static const core::Choice kNone;
  const auto first = reply.choices.find(0);
  const core::Choice& choice = first == reply.choices.end() ? kNone : first->second;
  std::string items;
  Output output(head, items);
  for (const core::Reasoning& one : choice.reasoning) {
    const std::string& data = one.sealed ? one.text : one.signature;
    output.add({Kind::reasoning,
                {},
                one.sealed ? std::string() : one.text,
                {},
                {},
                opaque_of(!one.sealed, one.format, one.tool_call, data)});
  }
  if (!choice.text.empty()) output.add({Kind::message, {}, choice.text, {}, {}, {}});
  for (const core::ToolCall& call : choice.tool_calls) {
    output.add({Kind::call, {}, call.arguments, call.id, call.name, {}});
  }
  ResponseState state = ended(choice.finish_reason);
  state.output = items;
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
