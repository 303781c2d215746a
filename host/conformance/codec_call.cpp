#include <gatehouse/views.hpp>

#include "conformance/exchange.h"

namespace gatehouse::conformance {

CodecCall::CodecCall(const Instance& instance, const Request& request, Memory& memory, bool embeddings)
    : table_(instance.table<gh_codec>()), memory_(memory) {
  const auto open = embeddings ? table_.open_embeddings : table_.open;
  const gh_chat_request* laid_out = request.lay_out(memory);
  opened_ = call(memory_, "opening " + request.name,
                 [&](gh_error* error) { return open(instance.raw(), laid_out, &call_, error); });
}

CodecCall::~CodecCall() {
  if (!opened_.ok()) return;
  doing("closing");
  table_.close(call_);
}

std::pair<Outcome, Sent> CodecCall::encode(std::uint32_t number) {
  Sent sent;
  const auto request = [](gh_upstream* self, gh_str method, gh_str url, std::uint32_t framing) noexcept {
    auto& to = *static_cast<Sent*>(self->ctx);
    to.method = view(method);
    to.url = view(url);
    to.framing = framing;
  };
  const auto header = [](gh_upstream* self, gh_str name, gh_str value) noexcept {
    static_cast<Sent*>(self->ctx)->headers.emplace_back(view(name), view(value));
  };
  const auto body = [](gh_upstream* self, gh_str bytes) noexcept {
    static_cast<Sent*>(self->ctx)->body += view(bytes);
  };
  gh_upstream* upstream = memory_.place(gh_upstream{sizeof(gh_upstream), 0, &sent, request, header, body, body});
  const gh_attempt* attempt =
      memory_.place(gh_attempt{sizeof(gh_attempt), number, memory_.text("https://upstream.example/v1"),
                               memory_.text("secret-1"), 1'767'225'600'000});
  Outcome outcome =
      call(memory_, "encoding", [&](gh_error* error) { return table_.encode(call_, attempt, upstream, error); });
  return {std::move(outcome), std::move(sent)};
}

Outcome CodecCall::decode(std::string_view data, Listener& listener, std::uint32_t http_status, std::string_view event,
                          bool last) {
  const gh_frame* frame = memory_.place(
      gh_frame{sizeof(gh_frame), http_status, memory_.text(event), memory_.text(data), last ? 1u : 0u, 0});
  return call(memory_, "decoding",
              [&](gh_error* error) { return table_.decode(call_, frame, listener.sink(), error); });
}

}  // namespace gatehouse::conformance
