// Providers: a codec says what to send to a remote service and reads what comes back, without any
// networking of its own; a local engine answers in this process. GH_EXPORT_CODEC, GH_EXPORT_LOCAL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gatehouse/chat.hpp>

namespace gatehouse {

// One attempt at one target. Views until encode() returns.
class Attempt {
 public:
  explicit Attempt(const gh_attempt& raw) : raw_(&raw) {}
  std::uint32_t number() const { return raw_->number; }               // 1 for the first at this target
  std::string_view base_url() const { return view(raw_->base_url); }  // without a slash at the end
  std::string_view secret() const { return view(raw_->secret); }      // the API key; may be empty
  std::int64_t unix_ms() const { return raw_->unix_ms; }              // now

 private:
  const gh_attempt* raw_;
};

enum class Framing : std::uint32_t {
  body = GH_FRAMING_BODY,    // decode() is called once, with the whole body
  sse = GH_FRAMING_SSE,      // once per server-sent event
  lines = GH_FRAMING_LINES,  // once per line
  raw = GH_FRAMING_RAW,      // with the bytes as they come
};

// A piece of the answer. A status of 400 or more always comes as one whole body.
class Frame {
 public:
  explicit Frame(const gh_frame& raw) : raw_(&raw) {}
  int http_status() const { return static_cast<int>(raw_->http_status); }
  std::string_view event() const { return view(raw_->event); }  // SSE: the event's name, often empty
  std::string_view data() const { return view(raw_->data); }    // SSE: the data lines joined by \n
  bool last() const { return raw_->last != 0; }  // nothing follows; comes once, without data except for body
  // The stream that was asked for is one JSON instead, and data() is all of it.
  bool unstreamed() const { return last() && !data().empty(); }

 private:
  const gh_frame* raw_;
};

// The HTTP request a codec wants sent: post() or get(), then headers, then the body. All is copied, but for a kept body.
class Upstream {
 public:
  explicit Upstream(gh_upstream& raw) : raw_(&raw) {}
  Upstream& post(std::string_view url, Framing framing) { return request("POST", url, framing); }
  Upstream& get(std::string_view url, Framing framing) { return request("GET", url, framing); }
  Upstream& request(std::string_view method, std::string_view url, Framing framing) {
    raw_->request(raw_, str(method), str(url), static_cast<std::uint32_t>(framing));
    return *this;
  }
  Upstream& header(std::string_view name, std::string_view value) {
    raw_->header(raw_, str(name), str(value));
    return *this;
  }
  void body(std::string_view bytes) { raw_->body(raw_, str(bytes)); }
  void json(std::string_view bytes) { header("content-type", "application/json").body(bytes); }
  // The same for a large body that is a member of the codec: it is sent from where it is. REQUIRES: it stays there,
  // unchanged, until the next encode() or the end. Gateways before 1.3 copy it.
  void kept_json(std::string_view bytes) {
    header("content-type", "application/json");
    const bool known = raw_->size > offsetof(gh_upstream, kept_body);
    (known ? raw_->kept_body : raw_->body)(raw_, str(bytes));
  }

 private:
  gh_upstream* raw_;
};

}  // namespace gatehouse

#include <gatehouse/detail/provider_face.hpp>  // needs the classes above

// T is one exchange with one target; T::Settings is the configured instance, shared by all threads.
//   T(const T::Settings&, gatehouse::ChatRequest)                      translate once
//   T(const T::Settings&, gatehouse::EmbeddingsRequest)                the same for vectors; only if it has them
//   void encode(gatehouse::Attempt, gatehouse::Upstream)               again on every retry: repeatable
//   void decode(gatehouse::Frame, gatehouse::Events&)                  one frame of the answer; for a status
//                                                                      of 400 or more throw gatehouse::Error
#define GH_EXPORT_CODEC(T, Id, Version, Summary) \
  GH_EXPORT_COMPONENT(gatehouse::detail::CodecFace<T>, Id, Version, Summary)

// T is the configured instance, shared by all threads.
//   void run(gatehouse::ChatRequest, gatehouse::Events&) const         may block; stop when an event says false
#define GH_EXPORT_LOCAL(T, Id, Version, Summary) \
  GH_EXPORT_COMPONENT(gatehouse::detail::LocalFace<T>, Id, Version, Summary)
