// gemini - Google's Gemini, by its own API.
//   gemini: { plugin: gemini, base_url: https://generativelanguage.googleapis.com/v1beta,
//             api_key: "${GEMINI_API_KEY}" }
// What goes out is in gemini_request.h, what comes back in gemini_reply.h.
#include <gatehouse/plugin.hpp>

#include "chat/embeddings.h"
#include "chat/kept_body.h"
#include "gemini_reply.h"
#include "gemini_request.h"
#include "chat/path_segment.h"
#include "chat/provider_error.h"

namespace {

// Models are also named "tunedModels/x".
std::string path_of(std::string_view model) {
  return (model.find('/') == model.npos ? "models/" : "") + provider::path_segment(model, "-._~/@");
}

class Gemini {
 public:
  struct Settings {};

  Gemini(const Settings&, gatehouse::ChatRequest request)
      : exchange_(request.id()),
        model_(request.model()),
        body_(chat::kept_body(gemini::request_body(request))),
        stream_(request.stream()),
        reply_(exchange_) {}

  Gemini(const Settings&, gatehouse::EmbeddingsRequest request)
      : model_(request.model()),
        body_(chat::kept_body(gemini::embeddings_body(request, path_of(model_)))),
        stream_(false),
        embeddings_(true),
        reply_(exchange_) {}

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    reply_ = gemini::Reply(exchange_);
    const std::string url = std::string(attempt.base_url()) + "/" + path_of(model_);
    if (embeddings_)
      out.post(url + ":batchEmbedContents", gatehouse::Framing::body);
    else if (stream_)
      out.post(url + ":streamGenerateContent?alt=sse", gatehouse::Framing::sse);
    else
      out.post(url + ":generateContent", gatehouse::Framing::body);
    if (!attempt.secret().empty()) out.header("x-goog-api-key", attempt.secret());
    out.header("accept", stream_ ? "text/event-stream" : "application/json");
    out.kept_json(body_);
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    if (frame.http_status() < 200 || frame.http_status() >= 300) {
      throw provider::error_of(frame.http_status(), reader_.try_parse(frame.data()), model_);
    }
    if (stream_ && frame.unstreamed()) return reply_.read_all(reader_.parse(frame.data()), out);
    if (stream_ && frame.last() && !reply_.begun()) {
      throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without a single event; check its base_url");
    }
    if (embeddings_) return embeddings::read(reader_.parse(frame.data()), gemini::kEmbeddings, list_, out);
    if (!stream_ || !frame.last()) reply_.read(reader_.parse(frame.data()), out);
  }

 private:
  std::string exchange_, model_, body_;
  bool stream_;
  bool embeddings_ = false;
  std::string list_;  // the embeddings, as they travel on
  gemini::Reply reply_;
  gatehouse::JsonReader reader_;
};

}  // namespace

GH_EXPORT_CODEC(Gemini, "gemini", "1.0.0", "Google's Gemini, by its own API")
