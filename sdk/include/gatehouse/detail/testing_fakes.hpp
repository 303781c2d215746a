// What testing.hpp puts in the gateway's place: a request to ask with, sinks that remember what they
// were given, and the outcome of a call. For one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/detail/testing_host.hpp>
#include <gatehouse/plugin.hpp>

namespace gatehouse::testing {

// How one call into the plugin ended.
struct Outcome {
  gh_status status = GH_OK;
  gh_error error{};  // filled when the status is not GH_OK

  template <class Call>
  static Outcome of(Call call) {
    Outcome outcome;
    outcome.error.size = sizeof(gh_error);
    outcome.status = call(&outcome.error);
    return outcome;
  }
  std::string message() const { return error.message; }
};

// A chat request, built up message by message. Its JSON is made of what it was given.
class Request {
 public:
  explicit Request(std::string model = "model") : model_(std::move(model)) {}
  Request& message(std::string role, std::string text) {
    messages_.push_back({std::move(role), std::move(text), {}});
    Line& line = messages_.back();
    line.json = "{\"role\":" + json_string(line.role) + ",\"content\":" + json_string(line.text) + "}";
    return *this;
  }
  Request& user(std::string text) { return message("user", std::move(text)); }
  Request& client(std::string name) { return set(client_, std::move(name)); }
  Request& alias(std::string name) { return set(alias_, std::move(name)); }
  // A text beside the messages' own: of a tool, a file, …
  Request& text(TextKind kind, std::string place, std::string text, std::string role = {}) {
    beside_.push_back({static_cast<std::uint32_t>(kind), std::move(role), std::move(place), std::move(text)});
    return *this;
  }
  Request& json(std::string whole) { return set(json_, std::move(whole)); }  // instead of the made one
  Request& stream(bool on = true) {
    stream_ = on;
    return *this;
  }
  Request& estimated_tokens(std::uint64_t tokens) {
    estimated_tokens_ = tokens;
    return *this;
  }

  // Valid until the request changes or ends.
  const gh_chat_request* raw() const;

 private:
  struct Line {
    std::string role, text, json;
  };
  struct Beside {
    std::uint32_t kind;
    std::string role, place, text;
  };
  static gh_status list_texts(const gh_chat_request* request, const gh_text* const** list,
                              std::size_t* count) noexcept {
    const auto& self = *static_cast<const Request*>(request->ctx);
    *list = self.text_pointers_.data();
    *count = self.text_pointers_.size();
    return GH_OK;
  }
  void make_texts() const;
  Request& set(std::string& field, std::string value) {
    field = std::move(value);
    return *this;
  }

  std::string model_, client_ = "client-1", alias_ = "alias", json_;
  bool stream_ = false;
  std::uint64_t estimated_tokens_ = 0;
  std::deque<Line> messages_;
  mutable std::string made_json_;
  mutable std::vector<gh_message> raw_messages_;
  mutable std::vector<const gh_message*> pointers_;
  std::deque<Beside> beside_;
  mutable std::deque<std::string> places_;
  mutable std::deque<gh_text> raw_texts_;
  mutable std::vector<const gh_text*> text_pointers_;
  mutable gh_chat_request raw_{};
};

// Those of the messages, and then the others.
inline void Request::make_texts() const {
  places_.clear();
  raw_texts_.clear();
  text_pointers_.clear();
  const auto add = [&](std::uint32_t kind, std::string_view role, std::string_view place, std::string_view text) {
    raw_texts_.push_back({sizeof(gh_text), kind, str(role), str(place), str(text)});
    text_pointers_.push_back(&raw_texts_.back());
  };
  for (const Line& line : messages_) {
    places_.push_back("messages[" + std::to_string(places_.size()) + "].content");
    add(GH_TEXT_CONTENT, line.role, places_.back(), line.text);
  }
  for (const Beside& text : beside_) add(text.kind, text.role, text.place, text.text);
}

inline const gh_chat_request* Request::raw() const {
  raw_messages_.clear();
  pointers_.clear();
  raw_messages_.reserve(messages_.size());
  made_json_ = "{\"model\":" + json_string(model_) + (stream_ ? ",\"stream\":true" : "") + ",\"messages\":[";
  for (const Line& line : messages_) {
    raw_messages_.push_back({sizeof(gh_message), 0, str(line.role), str(line.text), str(line.json)});
    pointers_.push_back(&raw_messages_.back());
    made_json_ += (pointers_.size() > 1 ? "," : "") + line.json;
  }
  made_json_ += "]}";
  make_texts();
  raw_ = {sizeof(gh_chat_request),
          stream_,
          str("gw-req-test"),
          str(client_),
          str(alias_),
          str(model_),
          pointers_.data(),
          pointers_.size(),
          estimated_tokens_,
          str(json_.empty() ? made_json_ : json_),
          list_texts,
          const_cast<Request*>(this)};
  return &raw_;
}

// What a codec wanted sent.
struct Sent {
  Outcome outcome;
  std::string method, url, body;
  Framing framing = Framing::body;
  std::vector<std::pair<std::string, std::string>> headers;

  // The header's value; empty when it was not set. The name as the codec wrote it.
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

class FakeUpstream {
 public:
  explicit FakeUpstream(Sent& sent) : raw_{sizeof(gh_upstream), 0, &sent, request, header, body, body} {}
  gh_upstream* raw() { return &raw_; }

 private:
  static Sent& sent(gh_upstream* upstream) { return *static_cast<Sent*>(upstream->ctx); }
  static void request(gh_upstream* self, gh_str method, gh_str url, std::uint32_t framing) noexcept {
    sent(self).method = view(method);
    sent(self).url = view(url);
    sent(self).framing = static_cast<Framing>(framing);
  }
  static void header(gh_upstream* self, gh_str name, gh_str value) noexcept {
    sent(self).headers.emplace_back(view(name), view(value));
  }
  static void body(gh_upstream* self, gh_str bytes) noexcept { sent(self).body = view(bytes); }

  gh_upstream raw_;
};

// What the model said, kept; and a caller that may leave.
class FakeEvents {
 public:
  struct Event {
    std::uint32_t kind, choice, index;
    std::string text, id, name, json;
    Usage usage;
  };

  FakeEvents() : raw_{sizeof(gh_event_sink), 0, this, emit} {}
  FakeEvents(const FakeEvents&) = delete;
  FakeEvents& operator=(const FakeEvents&) = delete;
  gh_event_sink* raw() { return &raw_; }

  // From now on the caller takes this many more events, then it has left.
  void leave_after(std::size_t events) { left_ = all_.size() + events; }

  const std::vector<Event>& all() const { return all_; }
  std::string text() const {  // all pieces of the answer's text, joined
    std::string joined;
    for (const Event& event : all_) joined += event.kind == GH_EVENT_TEXT ? event.text : "";
    return joined;
  }
  std::string finish_reason() const { return last(GH_EVENT_FINISH).text; }
  Usage usage() const { return last(GH_EVENT_USAGE).usage; }

 private:
  Event last(std::uint32_t kind) const {
    Event found{};
    for (const Event& event : all_) found = event.kind == kind ? event : found;
    return found;
  }
  static gh_status emit(gh_event_sink* self, const gh_event* event) noexcept {
    auto& events = *static_cast<FakeEvents*>(self->ctx);
    if (events.all_.size() >= events.left_) return GH_ECANCELLED;
    const Usage usage = {event->tokens_in,        event->tokens_out,       event->tokens_cached,
                         event->tokens_cache_write, event->tokens_reasoning, event->tokens_cache_write_1h,
                         event->tokens_audio_in,  event->tokens_image_in,  event->tokens_audio_out};
    events.all_.push_back({event->kind, event->choice, event->index, std::string(view(event->text)),
                           std::string(view(event->id)), std::string(view(event->name)), std::string(view(event->json)),
                           usage});
    return GH_OK;
  }

  gh_event_sink raw_;
  std::vector<Event> all_;
  std::size_t left_ = static_cast<std::size_t>(-1);
};

// What a policy decided.
struct Decision {
  gh_verdict value = GH_FAILED;
  Outcome outcome;  // its message says why, when value is GH_FAILED
  std::string content, code, text;
  std::vector<TextEdit> edits;

  template <class Call>
  static Decision of(Call call) {
    Decision decision;
    gh_edit edit = {sizeof(gh_edit), 0, &decision, replace, reason, edit_text};
    decision.outcome.error.size = sizeof(gh_error);
    decision.value = call(&edit, &decision.outcome.error);
    return decision;
  }

 private:
  static void replace(gh_edit* edit, gh_str content) noexcept {
    static_cast<Decision*>(edit->ctx)->content = view(content);
  }
  static void reason(gh_edit* edit, gh_str code, gh_str text) noexcept {
    static_cast<Decision*>(edit->ctx)->code = view(code);
    static_cast<Decision*>(edit->ctx)->text = view(text);
  }
  static void edit_text(gh_edit* edit, std::size_t index, gh_str text) noexcept {
    static_cast<Decision*>(edit->ctx)->edits.push_back({index, std::string(view(text))});
  }
};

// A configured instance. Throws gatehouse::Error when the plugin refuses its configuration.
template <class Face>
class FakeInstance {
 public:
  explicit FakeInstance(std::string_view config) {
    const Outcome made =
        Outcome::of([&](gh_error* error) { return Face::create(host_.raw(), str(config), &instance_, error); });
    if (made.status != GH_OK) throw Error(made.status, made.message());
  }
  FakeInstance(const FakeInstance&) = delete;
  FakeInstance& operator=(const FakeInstance&) = delete;
  ~FakeInstance() { Face::destroy(instance_); }
  gh_instance* get() { return instance_; }

 private:
  FakeHost host_;
  gh_instance* instance_ = nullptr;
};

}  // namespace gatehouse::testing
