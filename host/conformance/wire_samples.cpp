#include "conformance/wire_samples.h"

namespace gatehouse::conformance {

const std::vector<std::string_view>& wire_samples() {
  static const std::vector<std::string_view> samples = {
      // OpenAI
      R"({"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"Pa"}}]})",
      R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":"{"}}]}}]})",
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})",
      R"({"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Paris"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}})",
      "[DONE]", R"({"error":{"message":"overloaded","type":"server_error","code":null}})",
      // Anthropic
      R"({"type":"message_start","message":{"id":"m1","role":"assistant","content":[],"usage":{"input_tokens":3,"output_tokens":1}}})",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Paris"}})",
      R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})",
      R"({"type":"message_stop"})",
      R"({"type":"message","role":"assistant","content":[{"type":"text","text":"Paris"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":5}})",
      // Gemini
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Paris"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}})",
      // Ollama
      R"({"model":"m","message":{"role":"assistant","content":"Paris"},"done":false})",
      R"({"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2})",
      // Nobody's
      "", "null", "[]", "{}", "7", "\"text\"", "<html><body>Bad gateway</body></html>", R"({"text":"Paris"})",
      R"({"choices":null})", R"({"choices":[{"index":-1,"delta":7}]})",
      R"({"choices":[{"index":4294967295,"delta":{"content":"x"}}]})"};
  return samples;
}

std::string garbled(std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
  std::string bytes;
  if (below(4) == 0) {
    bytes.resize(below(300));
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  }
  bytes = wire_samples()[below(wire_samples().size())];
  for (std::size_t i = below(4); i > 0 && !bytes.empty(); --i) {
    const std::size_t at = below(bytes.size()), length = below(bytes.size() - at);
    switch (below(3)) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes.erase(at, length); break;
      default: bytes.insert(at, bytes.substr(at, length));
    }
  }
  return bytes;
}

}  // namespace gatehouse::conformance
