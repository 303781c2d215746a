// openai - any provider that speaks OpenAI's chat completions and embeddings: OpenAI itself, and most servers and
// services with a base_url of their own.
//   openai: { plugin: openai, base_url: https://api.openai.com/v1, api_key: "${OPENAI_API_KEY}" }
//   azure        Azure's API version, such as 2024-10-21, where models are deployments and the key is Azure's:
//                { plugin: openai, base_url: https://NAME.openai.azure.com/openai, config: { azure: 2024-10-21 } }
//   extensions   fields that OpenAI itself refuses (abi.h names them): drop (the default) or keep, for
//                servers that know them
// The request goes out as the gateway has it and every chunk comes back with its own JSON, so fields
// that nobody here knows travel both ways. What goes out is in openai_request.h, reading the answer in openai_reply.h,
// what an error means in provider_error.h.
#include <gatehouse/plugin.hpp>

#include "openai_reply.h"
#include "openai_request.h"
#include "chat/kept_body.h"
#include "chat/path_segment.h"
#include "chat/provider_error.h"

namespace {

class OpenAi {
 public:
  struct Settings {
    explicit Settings(gatehouse::Config& config)
        : keep_extensions(config.choice_or("extensions", "drop", {"drop", "keep"}) == "keep"),
          azure(config.text_or("azure", "")) {}
    bool keep_extensions;
    std::string azure;
  };

  OpenAi(const Settings& settings, gatehouse::ChatRequest request)
      : settings_(settings),
        model_(request.model()),
        body_(settings.keep_extensions ? std::string(request.json()) : openai::without_extensions(request.json())),
        stream_(request.stream()) {}

  OpenAi(const Settings& settings, gatehouse::EmbeddingsRequest request)
      : settings_(settings),
        model_(request.model()),
        body_(chat::kept_body(openai::embeddings_body(request))),
        stream_(false),
        embeddings_(true) {}

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    begun_ = ended_ = false;
    refused_.clear();
    out.post(std::string(attempt.base_url()) + path(), stream_ ? gatehouse::Framing::sse : gatehouse::Framing::body);
    if (!attempt.secret().empty() && is_azure())
      out.header("api-key", attempt.secret());
    else if (!attempt.secret().empty())
      out.header("authorization", "Bearer " + std::string(attempt.secret()));
    out.header("accept", stream_ ? "text/event-stream" : "application/json");
    out.kept_json(body_);
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    if (frame.http_status() < 200 || frame.http_status() >= 300) {
      throw provider::error_of(frame.http_status(), reader_.try_parse(frame.data()), model_);
    }
    if (embeddings_) return openai::read_embeddings(reader_.parse(frame.data()), frame.data(), out);
    if (!stream_) return openai::read_completion(reader_.parse(frame.data()), frame.data(), out);
    if (frame.unstreamed()) {
      openai::read_completion(reader_.parse(frame.data()), {}, out);  // the stream's own chunks are made of it
      return void(out.end());
    }
    if (frame.last() && !begun_) {
      throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without a single chunk; check its base_url");
    }
    if (frame.last() || ended_) return;
    begun_ = true;
    ended_ = frame.data() == "[DONE]";
    if (ended_) return void(out.end());
    const auto chunk = reader_.parse(frame.data(), "a chunk of the provider's answer");
    if (frame.event() == "error") throw provider::reported(chunk);
    openai::read_chunk(chunk, frame.data(), refused_, out);
  }

 private:
  bool is_azure() const { return !settings_.azure.empty(); }
  std::string path() const {
    const std::string end = embeddings_ ? "/embeddings" : "/chat/completions";
    if (!is_azure()) return end;
    const std::string version = provider::path_segment(settings_.azure);
    return "/deployments/" + provider::path_segment(model_) + end + "?api-version=" + version;
  }

  const Settings& settings_;
  std::string model_, body_;
  bool stream_;
  bool embeddings_ = false;
  bool begun_ = false;
  bool ended_ = false;  // [DONE] was seen: what follows is not part of the answer
  openai::Refused refused_;
  gatehouse::JsonReader reader_;
};

}  // namespace

GH_EXPORT_CODEC(OpenAi, "openai", "1.0.0", "Any provider that speaks OpenAI's chat completions")
