#include "dialects/gateway_chat.h"

#include "core/text/caller_text.h"
#include "core/request/json_reader.h"
#include "core/request/rewrite.h"
#include "dialects/event_stream.h"
#include "dialects/openai_json.h"

namespace gatehouse::dialects {

using core::Event;
using core::JsonObject;

namespace {

constexpr std::size_t kMaxClientId = 128;

core::Status invalid(std::string param, std::string message) {
  core::Status status(core::Code::invalid_request, std::move(message));
  status.failure().param = std::move(param);
  return status;
}

// What metadata holds apart from our request_id: it is also a field of OpenAI's, and goes on.
struct Metadata {
  std::string request_id;
  std::string others;  // raw JSON; empty when nothing is left
};

core::Result<Metadata> read_metadata(std::string_view raw) {
  Metadata found;
  simdjson::ondemand::parser parser;
  const core::PaddedBytes bytes(raw);
  JsonObject others(found.others);
  bool any = false;
  try {
    core::JsonReader json(parser, bytes, core::ChatRequest::kMaxDepth);
    json.root([&](std::string_view name, const char* begin, core::JsonReader::Value value) {
      if (name == "request_id" && value.type() == core::JsonReader::Type::string) {
        found.request_id = json.text(value).value;
      } else {
        const std::string_view other = json.skip(value);
        others.add_member({begin, static_cast<std::size_t>(other.data() + other.size() - begin)});
        any = true;
      }
    });
  } catch (const core::BadJson&) {
    return invalid("metadata", "'metadata' must be an object");
  } catch (const simdjson::simdjson_error& error) {
    return invalid("metadata", "'metadata' is not valid JSON: " + std::string(error.what()));
  }
  others.close();
  if (!any) found.others.clear();
  return found;
}

// Everything of the envelope but the message and what follows it.
void append_head(JsonObject& json, const AnswerHead& head) {
  json.add("id", head.id).add("model", head.alias).add("provider", head.provider);
}

// Only an answer that did not come to its natural end needs to say how it ended.
void append_finish_reason(JsonObject& json, std::string_view reason) {
  if (reason != "stop") json.add_or_null("finish_reason", reason);
}

class GatewayChatStream final : public StreamEncoder {
 public:
  explicit GatewayChatStream(const AnswerHead& head) : head_(head) {}

  core::Status chunk(const core::Chunk& chunk, std::string& out) override {
    for (const Event& event : chunk.events) {
      if (event.choice != 0) continue;
      if (event.kind == Event::Kind::finish) finish_reason_ = event.text;
      if (event.kind == Event::Kind::finish || event.kind == Event::Kind::usage) continue;
      send(out, [&](JsonObject& json) {
        JsonObject message(json.key("message"));
        message.add("role", "assistant");
        message.add("content", event.kind == Event::Kind::text ? event.text : std::string_view());
        if (event.kind == Event::Kind::tool_call) append_tool_call_piece(message, event);
        append_reasoning_piece(message, event);
      });
    }
    return {};
  }

  void end(const core::Usage& usage, std::string& out) override {
    send(out, [&](JsonObject& json) {
      append_usage(json, usage);
      JsonObject(json.key("message")).add("role", "assistant").add("content", "");
      append_finish_reason(json, finish_reason_);
    });
    out.append(kDone);
  }

  void error(const core::Status& status, std::string& out) override {
    out.append("data: ");
    append_gateway_error(status, out);
    out.append("\n\n");
  }

 private:
  // One event: the envelope's head, and what fill(json) adds.
  template <class Fill>
  void send(std::string& out, Fill fill) {
    out.append("data: ");
    {
      JsonObject json(out);
      append_head(json, head_);
      fill(json);
    }
    out.append("\n\n");
  }

  const AnswerHead& head_;
  std::string finish_reason_;
};

}  // namespace

core::Result<Question> GatewayChat::read(core::PaddedBytes body) const {
  GH_ASSIGN(auto&& parsed, core::ChatRequest::parse(std::move(body)));
  Question question{std::move(parsed), {}, {}};
  if (question.request.choices() != 1)
    return invalid("n", "'n' must be 1 here: this endpoint answers with one message");
  std::vector<core::Change> changes;
  if (const core::Member* client = question.request.member("client_id")) {
    if (!client->text || client->text->empty() || client->text->size() > kMaxClientId) {
      return invalid("client_id", "'client_id' must be a string of 1 to 128 bytes");
    }
    question.client_id = *client->text;
    changes.push_back({"client_id", std::nullopt});
  }
  Metadata metadata;
  if (const core::Member* member = question.request.member("metadata"); member && member->value != "null") {
    GH_ASSIGN(metadata, read_metadata(member->value));
    if (metadata.request_id.size() > core::kMostName)
      return invalid("metadata.request_id", "'metadata.request_id' must have at most 256 bytes");
    question.caller_id = metadata.request_id;
    changes.push_back(
        {"metadata", metadata.others.empty() ? std::nullopt : std::optional<std::string_view>(metadata.others)});
  }
  if (changes.empty()) return question;
  GH_ASSIGN(question.request, core::ChatRequest::parse(core::PaddedBytes(core::rewrite(question.request, changes))));
  return question;
}

core::Status GatewayChat::whole(const AnswerHead& head, const core::ChatRequest&, const core::Reply& reply,
                                std::string& out) const {
  const core::Choice& choice = reply.first_choice();
  JsonObject json(out);
  append_head(json, head);
  append_usage(json, reply.usage);
  JsonObject message(json.key("message"));
  message.add("role", "assistant").add("content", choice.text);
  append_reasoning(message, choice.reasoning);
  append_tool_calls(message, choice.tool_calls);
  message.close();
  append_finish_reason(json, choice.finish_reason);
  return {};
}

std::unique_ptr<StreamEncoder> GatewayChat::stream(const AnswerHead& head, const core::ChatRequest&) const {
  return std::make_unique<GatewayChatStream>(head);
}

void GatewayChat::error(const core::Status& status, std::string_view, std::string& out) const {
  append_gateway_error(status, out);
}

void append_gateway_error(const core::Status& status, std::string& out) {
  const core::Failure& failure = status.failure();
  JsonObject json(out);
  JsonObject error(json.key("error"));
  error.add("type", core::info(failure.code).type).add("message", failure.message);
  if (!failure.policy.empty()) error.add("policy", failure.policy);
  // Which limit it was is said by the message, but for one that waiting does not help against.
  const bool rate = failure.code == core::Code::rate_limited && failure.reason != "insufficient_quota";
  if (!failure.reason.empty() && !rate) error.add("code", failure.reason);
  if (!failure.param.empty()) error.add("param", failure.param);
}

}  // namespace gatehouse::dialects
