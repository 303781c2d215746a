// anthropic - Claude, by Anthropic's own messages API.
//   claude: { plugin: anthropic, base_url: https://api.anthropic.com/v1, api_key: "${ANTHROPIC_API_KEY}",
//             config: { version: 2026-10-21 } }
//   version      2023-06-01 (the default) or 2026-10-21, which takes no temperature, top_p and top_k
//   sampling     what to do with those there: refuse (the default) or drop
//   max_tokens   where the caller names none; 4096 unless given
//   thinking     how a reasoning_effort is put: budget (the default for 2023-06-01) or adaptive
// What goes out is in anthropic_request.h, what comes back in anthropic_reply.h.
#include <gatehouse/plugin.hpp>

#include "anthropic_reply.h"
#include "anthropic_request.h"
#include "chat/kept_body.h"
#include "chat/provider_error.h"

namespace {

class Anthropic {
 public:
  using Settings = anthropic::Settings;

  Anthropic(const Settings& settings, gatehouse::ChatRequest request)
      : settings_(settings),
        model_(request.model()),
        body_(chat::kept_body(anthropic::request_body(settings, request))),
        stream_(request.stream()) {}

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    reply_ = {};
    out.post(std::string(attempt.base_url()) + "/messages",
             stream_ ? gatehouse::Framing::sse : gatehouse::Framing::body);
    if (!attempt.secret().empty()) {
      // The newer wire has the newer header.
      if (settings_.has_sampling())
        out.header("x-api-key", attempt.secret());
      else
        out.header("authorization", "Bearer " + std::string(attempt.secret()));
    }
    out.header("anthropic-version", settings_.version);
    out.header("accept", stream_ ? "text/event-stream" : "application/json");
    out.kept_json(body_);
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    if (frame.http_status() < 200 || frame.http_status() >= 300) {
      throw provider::error_of(frame.http_status(), reader_.try_parse(frame.data()), model_);
    }
    if (!stream_ || frame.unstreamed()) return reply_.read_message(reader_.parse(frame.data()), out);
    if (frame.last() && !reply_.begun()) {
      throw gatehouse::Error(GH_EUPSTREAM, "the provider answered without a single event; check its base_url");
    }
    if (!frame.last()) reply_.read_event(reader_.parse(frame.data(), "an event of the provider's answer"), out);
  }

 private:
  const Settings& settings_;
  std::string model_, body_;
  bool stream_;
  anthropic::Reply reply_;
  gatehouse::JsonReader reader_;
};

}  // namespace

GH_EXPORT_CODEC(Anthropic, "anthropic", "1.0.0", "Claude, by Anthropic's messages API")
