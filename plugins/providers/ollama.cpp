// ollama - models on a machine of one's own, by Ollama's API.
//   local: { plugin: ollama, base_url: http://127.0.0.1:11434 }
// What goes out is in ollama_request.h; what comes back is one object for a whole answer, or one per
// line of a stream, of the same shape.
#include <gatehouse/plugin.hpp>

#include "chat/counts.h"
#include "chat/embeddings.h"
#include "chat/kept_body.h"
#include "ollama_request.h"
#include "chat/provider_error.h"

namespace {

using gatehouse::text_at;
using simdjson::dom::element;

constexpr embeddings::Shape kEmbeddings{"/embeddings", "", "/prompt_eval_count"};

class Ollama {
 public:
  struct Settings {};

  Ollama(const Settings&, gatehouse::ChatRequest request)
      : exchange_(request.id()),
        model_(request.model()),
        body_(chat::kept_body(ollama::request_body(request))),
        stream_(request.stream()) {}

  Ollama(const Settings&, gatehouse::EmbeddingsRequest request)
      : model_(request.model()),
        body_(chat::kept_body(ollama::embeddings_body(request))),
        stream_(false),
        embeddings_(true) {}

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    tools_ = 0;
    begun_ = false;
    out.post(std::string(attempt.base_url()) + (embeddings_ ? "/api/embed" : "/api/chat"),
             stream_ ? gatehouse::Framing::lines : gatehouse::Framing::body);
    if (!attempt.secret().empty()) out.header("authorization", "Bearer " + std::string(attempt.secret()));
    out.header("accept", stream_ ? "application/x-ndjson" : "application/json");
    out.kept_json(body_);
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    if (frame.http_status() < 200 || frame.http_status() >= 300) {
      throw provider::error_of(frame.http_status(), reader_.try_parse(frame.data()), model_);
    }
    if (embeddings_) return embeddings::read(reader_.parse(frame.data()), kEmbeddings, list_, out);
    if (stream_ && frame.last()) {
      if (begun_) return;
      throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without a single line; check its base_url");
    }
    read(reader_.parse(frame.data()), out);
  }

 private:
  void read(element answer, gatehouse::Events& out) {
    if (const auto failure = provider::failure_in(answer)) throw *failure;
    const auto message = gatehouse::at<element>(answer, "/message");
    const bool done = gatehouse::at<bool>(answer, "/done").value_or(false);
    if (!message && !done) {
      throw gatehouse::Error(GH_EUPSTREAM, "the provider's answer has no message; check its base_url");
    }
    begun_ = true;
    if (message) read_message(*message, out);
    if (done) finish(answer, out);
    if (done && stream_) out.end();
  }

  void read_message(element message, gatehouse::Events& out) {
    const std::string_view thinking = text_at(message, "/thinking").value_or("");
    if (!thinking.empty()) out.reasoning(0, thinking, {}, ollama::kReasoningFormat);
    const std::string_view text = text_at(message, "/content").value_or("");
    if (!text.empty()) out.text(text);
    const auto calls = gatehouse::at<simdjson::dom::array>(message, "/tool_calls");
    if (!calls) return;
    for (const element call : *calls) {
      std::string id(text_at(call, "/id").value_or(""));
      if (id.empty()) id = "call_" + exchange_ + "-" + std::to_string(tools_);
      const auto arguments = gatehouse::at<element>(call, "/function/arguments");
      out.tool_call(tools_++, id, text_at(call, "/function/name").value_or(""),
                    arguments ? simdjson::minify(*arguments) : "{}");
    }
  }

  void finish(element answer, gatehouse::Events& out) {
    gatehouse::Usage usage;
    // Left out when the whole prompt was still in memory.
    usage.input = gatehouse::count_at(answer, "/prompt_eval_count").value_or(0);
    usage.output = gatehouse::count_at(answer, "/eval_count").value_or(0);
    counts::report(usage, out);
    const std::string_view reason = text_at(answer, "/done_reason").value_or("");
    out.finish(reason == "length" ? "length" : tools_ != 0 ? "tool_calls" : "stop", 0, reason);
  }

  std::string exchange_, model_, body_;
  bool stream_;
  bool embeddings_ = false;
  std::string list_;  // the embeddings, as they travel on
  std::uint32_t tools_ = 0;
  bool begun_ = false;
  gatehouse::JsonReader reader_;
};

}  // namespace

GH_EXPORT_CODEC(Ollama, "ollama", "1.0.0", "Models on a machine of one's own, by Ollama's API")
