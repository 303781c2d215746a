#include "conformance/request.h"

#include <gatehouse/json.hpp>

namespace gatehouse::conformance {

namespace {

struct TextList {
  std::uint32_t size, count;
  const gh_text* const* texts;
};

gh_status list_texts(const gh_chat_request* request, const gh_text* const** list, std::size_t* count) noexcept {
  const auto& texts = *static_cast<const TextList*>(request->ctx);
  *list = texts.texts;
  *count = texts.count;
  return GH_OK;
}

}  // namespace

const void* Request::lay_out_texts(Memory& memory) const {
  std::vector<const gh_text*> texts;
  const auto add = [&](std::uint32_t kind, std::string_view role, std::string_view place, std::string_view text) {
    texts.push_back(
        memory.place(gh_text{sizeof(gh_text), kind, memory.text(role), memory.text(place), memory.text(text)}));
  };
  for (const Message& message : messages)
    add(GH_TEXT_CONTENT, message.role, "messages[" + std::to_string(texts.size()) + "].content", message.text);
  for (const BesideText& text : beside) add(text.kind, text.role, text.place, text.text);
  return memory.place(TextList{sizeof(TextList), static_cast<std::uint32_t>(texts.size()), memory.list(texts)});
}

const gh_chat_request* Request::lay_out(Memory& memory) const {
  std::vector<const gh_message*> laid_out;
  std::string json =
      "{\"model\":\"model-1\"" + std::string(stream ? ",\"stream\":true" : "") + more + ",\"messages\":[";
  std::size_t length = 0;
  for (const Message& message : messages) {
    const std::string whole = !message.json.empty() ? message.json
                                                    : "{\"role\":" + json_string(message.role) +
                                                          ",\"content\":" + json_string(message.text) + "}";
    if (!laid_out.empty()) json += ',';
    json += whole;
    length += message.text.size();
    laid_out.push_back(memory.place(
        gh_message{sizeof(gh_message), 0, memory.text(message.role), memory.text(message.text), memory.text(whole)}));
  }
  json += "]}";
  return memory.place(gh_chat_request{sizeof(gh_chat_request), stream ? 1u : 0u, memory.text("gw-req-1"),
                                      memory.text(client), memory.text("alias-1"), memory.text("model-1"),
                                      memory.list(laid_out), laid_out.size(), length / 4 + 1, memory.text(json),
                                      list_texts, const_cast<void*>(lay_out_texts(memory))});
}

Request ordinary_request() {
  return {"an ordinary request", {{"system", "Be brief."}, {"user", "What is the capital of France?"}}};
}

std::vector<Request> odd_requests() {
  const std::string image = R"({"role":"user","content":[{"type":"text","text":"What is this?"},)"
                            R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]})";
  const std::string call = R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
                           R"("function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]})";
  const std::string result = R"({"role":"tool","tool_call_id":"call_1","content":"rain"})";
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":)"
                            R"({"type":"object","properties":{"city":{"type":"string"}}}}}],"temperature":0.5)";
  return {
      {"a streamed request", {{"user", "Tell me a story."}}, true},
      {"a request without messages", {}},
      {"an empty message", {{"user", ""}}},
      {"a request without a client", {{"user", "Hello"}}, false, ""},
      {"a request in many scripts", {{"user", "Grüße, 你好, שלום, \xF0\x9F\x9A\x80, \x01 and \"quotes\""}}},
      {"a very long message", {{"user", std::string(300'000, 'a')}}},
      {"a picture", {{"user", "What is this?", image}}},
      {"a tool's result",
       {{"user", "Weather?"}, {"assistant", "", call}, {"tool", "rain", result}},
       false,
       "client-1",
       tools,
       {{GH_TEXT_TOOL_CALL, "assistant", "messages[1].tool_calls[0].function.name", "weather"},
        {GH_TEXT_TOOL_CALL, "assistant", "messages[1].tool_calls[0].function.arguments", R"({"city":"Paris"})"},
        {GH_TEXT_DEFINITION, "", "tools[0].function.name", "weather"}}},
      {"fields that nobody knows",
       {{"user", "Hello"}},
       false,
       "client-1",
       R"(,"x_unknown":{"a":[1,null,"b"]})",
       {{GH_TEXT_OTHER, "", "x_unknown.a[2]", "b"}}},
      {"a kind of text that is not known yet",
       {{"user", "Hello"}},
       false,
       "client-1",
       R"(,"x_unknown":"b")",
       {{77, "", "x_unknown", "b"}}},
  };
}

}  // namespace gatehouse::conformance
