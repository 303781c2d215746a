// The chat model as a plugin sees it: a request to read and a place to put the reply's events.
// Views over the ABI's structs: valid during the call that brought them, for one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include <gatehouse/error.hpp>
#include <gatehouse/views.hpp>

namespace gatehouse {

class Message {
 public:
  explicit Message(const gh_message& raw) : raw_(&raw) {}
  std::string_view role() const { return view(raw_->role); }  // "system", "user", "assistant", "tool", "developer"
  std::string_view text() const { return view(raw_->text); }  // as plain text; text parts joined
  std::string_view json() const { return view(raw_->json); }  // whole, as the caller wrote it

 private:
  const gh_message* raw_;
};

enum class TextKind : std::uint32_t {
  other = GH_TEXT_OTHER,            // files, sound, names, ids, and members that the gateway does not know
  content = GH_TEXT_CONTENT,        // of a message: what somebody says
  tool_call = GH_TEXT_TOOL_CALL,    // a call's name and arguments, as the model made it
  definition = GH_TEXT_DEFINITION,  // of a tool, or of the answer's form: its names too
  reasoning = GH_TEXT_REASONING,    // what the model thought
  // A list of numbers, which may stand for a text as those of embeddings do: a JSON array. It cannot be edited.
  tokens = GH_TEXT_TOKENS,
};

// A text in a request.
class Text {
 public:
  explicit Text(const gh_text& raw) : raw_(&raw) {}
  TextKind kind() const { return raw_->kind <= GH_TEXT_TOKENS ? static_cast<TextKind>(raw_->kind) : TextKind::other; }
  std::string_view role() const { return view(raw_->role); }    // of the message it is in; empty: it is in none
  std::string_view place() const { return view(raw_->place); }  // "messages[2].content[0].text"
  std::string_view text() const { return view(raw_->text); }    // decoded

 private:
  const gh_text* raw_;
};

class ChatRequest {
 public:
  explicit ChatRequest(const gh_chat_request& raw) : raw_(&raw) {}
  bool stream() const { return raw_->stream != 0; }               // the caller wants server-sent events
  std::string_view id() const { return view(raw_->id); }          // the gateway's id of this exchange
  std::string_view client() const { return view(raw_->client); }  // who asks; empty when unknown
  std::string_view alias() const { return view(raw_->alias); }    // the model as the caller named it
  std::string_view model() const { return view(raw_->model); }    // the provider's name; empty for policies
  List<Message, gh_message> messages() const { return {raw_->messages, raw_->message_count}; }
  std::uint64_t estimated_tokens() const { return raw_->estimated_tokens; }  // of the prompt
  // All texts that the request's receiver reads as the prompt, in their order; pictures are none. Since 1.3. Made when
  // they are asked for first. Throws Error where the gateway is short of memory, or older than 1.3.
  List<Text, gh_text> texts() const {
    const gh_text* const* list = nullptr;
    std::size_t count = 0;
    if (!GH_HAS(gh_chat_request, raw_, texts) || raw_->texts(raw_, &list, &count) != GH_OK)
      throw Error(GH_EINTERNAL, "the gateway could not list the request's texts");
    return {list, count};
  }
  // The whole request in OpenAI chat-completions shape. For a provider "model" is already the
  // provider's and stream_options asks for usage.
  std::string_view json() const { return view(raw_->json); }

 private:
  const gh_chat_request* raw_;
};

// A request for vectors: one for each message, whose content is a string, or one part
// {"type":"tokens","tokens":[1,2]}. Of json()'s other fields model, dimensions and user count.
class EmbeddingsRequest : private ChatRequest {
 public:
  explicit EmbeddingsRequest(const gh_chat_request& raw) : ChatRequest(raw) {}
  using ChatRequest::id;
  using ChatRequest::json;
  using ChatRequest::messages;
  using ChatRequest::model;
};

// Tokens one reply cost. An input or an output of 0 beside a prompt or words is taken for one that the provider did not
// say: the gateway estimates it.
struct Usage {
  std::uint64_t input = 0;        // the whole prompt, cached tokens included
  std::uint64_t output = 0;       // the whole answer, reasoning included
  std::uint64_t cached = 0;       // of input: read from the provider's cache
  std::uint64_t cache_write = 0;  // of input: written to the provider's cache
  std::uint64_t reasoning = 0;    // of output
  // Since 1.3; a gateway of before passes over them.
  std::uint64_t cache_write_1h = 0;  // of cache_write: what the cache keeps for an hour
  std::uint64_t audio_input = 0;     // of input
  std::uint64_t image_input = 0;     // of input
  std::uint64_t audio_output = 0;    // of output
};

// Where a provider puts what the model said. Every call may block while the caller reads slowly, and
// returns false when the exchange is over (the caller left, or a policy said no): then return soon.
// Calls after that do nothing. A reply is complete when every choice has been finished.
class Events {
 public:
  explicit Events(gh_event_sink& sink) : sink_(sink) {}
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  bool text(std::string_view piece, std::uint32_t choice = 0) {
    gh_event event = make(GH_EVENT_TEXT, choice);
    event.text = str(piece);
    return emit(event);
  }
  // A piece of a tool call; id and name in its first piece, then empty. arguments is JSON text, in pieces.
  bool tool_call(std::uint32_t index, std::string_view id, std::string_view name, std::string_view arguments,
                 std::uint32_t choice = 0) {
    gh_event event = make(GH_EVENT_TOOL_CALL, choice);
    event.index = index;
    event.id = str(id);
    event.name = str(name);
    event.text = str(arguments);
    return emit(event);
  }
  // A later usage replaces an earlier one.
  bool usage(const Usage& usage) {
    gh_event event = make(GH_EVENT_USAGE, 0);
    event.tokens_in = usage.input;
    event.tokens_out = usage.output;
    event.tokens_cached = usage.cached;
    event.tokens_cache_write = usage.cache_write;
    event.tokens_reasoning = usage.reasoning;
    event.tokens_cache_write_1h = usage.cache_write_1h;
    event.tokens_audio_in = usage.audio_input;
    event.tokens_image_in = usage.image_input;
    event.tokens_audio_out = usage.audio_output;
    return emit(event);
  }
  // reason: stop | length | tool_calls | content_filter; own: the provider's word for it, and the stop
  // sequence that was met.
  bool finish(std::string_view reason, std::uint32_t choice = 0, std::string_view own = {},
              std::string_view stop_sequence = {}) {
    gh_event event = make(GH_EVENT_FINISH, choice);
    event.text = str(reason);
    event.name = str(own);
    event.id = str(stop_sequence);
    return emit(event);
  }
  // A piece of what the model thinks; the signature whole, with the last piece. format names what the
  // signature is: only a provider with the same format is given it back.
  bool reasoning(std::uint32_t index, std::string_view piece, std::string_view signature, std::string_view format,
                 std::uint32_t choice = 0) {
    return thought(GH_EVENT_REASONING, index, piece, signature, format, choice);
  }
  // Reasoning that only the provider can read, whole; tool_call: the id of the call it belongs to.
  bool sealed(std::uint32_t index, std::string_view data, std::string_view tool_call, std::string_view format,
              std::uint32_t choice = 0) {
    return thought(GH_EVENT_SEALED, index, data, tool_call, format, choice);
  }
  // The provider has said in its own words that its stream ends here: the gateway waits for nothing more of it.
  bool end() {
    gh_event event = make(GH_EVENT_END, 0);
    return emit(event);
  }
  // The frame in OpenAI shape (a chat.completion.chunk or a chat.completion), so that fields without an
  // event reach the caller too. Call it first in decode(); it travels with the first event, or with an
  // empty text when the frame has none. json must stay valid until decode() returns.
  void original(std::string_view json) { json_ = json; }

  // Whether the exchange is over, and how: GH_OK while it goes on.
  bool cancelled() const { return status_ != GH_OK; }
  gh_status status() const { return status_; }

  // Sends what original() was given and no event has carried. Called for you after decode() and run().
  void flush() {
    if (!json_.empty()) text({});
  }

 private:
  static gh_event make(std::uint32_t kind, std::uint32_t choice) {
    gh_event event{};
    event.size = sizeof event;
    event.kind = kind;
    event.choice = choice;
    return event;
  }
  bool thought(std::uint32_t kind, std::uint32_t index, std::string_view text, std::string_view id,
               std::string_view format, std::uint32_t choice) {
    gh_event event = make(kind, choice);
    event.index = index;
    event.text = str(text);
    event.id = str(id);
    event.name = str(format);
    return emit(event);
  }
  bool emit(gh_event& event) {
    if (cancelled()) return false;
    event.json = str(json_);
    json_ = {};
    status_ = sink_.emit(&sink_, &event);
    return !cancelled();
  }

  gh_event_sink& sink_;
  gh_status status_ = GH_OK;
  std::string_view json_;
};

}  // namespace gatehouse
