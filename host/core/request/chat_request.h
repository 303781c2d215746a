// A chat request as its caller wrote it: OpenAI chat-completions JSON, checked once, kept as
// bytes, and read through views into them. What the gateway does not know stays in place.
// Movable, and views survive a move. Safe to read from many threads, except while messages are shed or restored.
#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/padded_bytes.h"
#include "core/status.h"

namespace gatehouse::core {

// One member of the top-level object, as written.
struct Member {
  std::string_view name;                 // unescaped
  std::string_view value;                // raw JSON
  std::string_view whole;                // from the name's quote to the value's end
  std::optional<std::string_view> text;  // unescaped, when the value is a string
};

struct Message {
  std::string_view role;
  std::string_view text;  // content as plain text; the text parts joined where it is an array
  std::string_view json;  // the whole message, raw
};

// What a request is for. Embeddings are asked for in the shape of a chat: each message is answered by
// a vector, so that policies and limits see them as they see a prompt.
enum class Task : std::uint8_t { chat, embeddings };

class ChatRequest {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxMembers = 256;  // of the top-level object

  // Checks the whole document: UTF-8, syntax, depth, names given twice, and the types of
  // the fields below. invalid_request says which field is at fault.
  static Result<ChatRequest> parse(PaddedBytes body, Task task = Task::chat);

  std::string_view json() const { return body_.view(); }
  const PaddedBytes& body() const { return body_; }  // the same
  Task task() const { return task_; }
  std::string_view model() const { return model_; }
  bool stream() const { return stream_; }
  bool include_usage() const { return include_usage_; }  // the caller asked for a usage chunk
  std::string stream_options_with_usage() const;         // stream_options as given, include_usage set
  std::optional<std::uint64_t> max_output_tokens() const { return max_output_tokens_; }  // the larger of both spellings
  std::uint64_t choices() const { return choices_; }                                     // "n"; 1 unless asked
  std::span<const Message> messages() const { return messages_; }  // empty while they are shed
  std::size_t message_count() const { return message_count_; }
  std::size_t text_bytes() const { return text_bytes_; }  // of all messages
  // Of what else a provider may read as the prompt, as it is written: tool calls, names, refusals, files, sound, and
  // members that are not known here.
  std::size_t other_bytes() const { return other_bytes_; }
  std::size_t images() const { return images_; }          // in all messages

  std::span<const Member> members() const { return members_; }
  const Member* member(std::string_view name) const;  // nullptr when absent

  // Frees what the JSON is enough to make again, which of many small messages is several times as much as the JSON:
  // the list of messages, their texts, and stream_options. All else stays.
  void shed_messages();
  Status restore_messages();  // a no-op where nothing was shed

 private:
  friend class ChatRequestReader;
  PaddedBytes body_;
  std::forward_list<std::string> unescaped_;        // names and values that had escapes; addresses never move
  std::forward_list<std::string> unescaped_texts_;  // the same of messages
  bool shed_ = false;
  Task task_ = Task::chat;
  std::string_view model_;
  bool stream_ = false;
  bool include_usage_ = false;
  std::string stream_options_;  // the others of stream_options, each after a comma
  std::optional<std::uint64_t> max_output_tokens_;
  std::uint64_t choices_ = 1;
  std::vector<Message> messages_;
  std::size_t message_count_ = 0;
  std::vector<Member> members_;
  std::size_t text_bytes_ = 0;
  std::size_t other_bytes_ = 0;
  std::size_t images_ = 0;
};

// One request on its way through the gateway, as providers and policies are shown it. A view;
// lives as long as what it points to.
struct RequestView {
  const ChatRequest& request;
  std::string_view id;
  std::string_view client;
  std::string_view alias;  // the model as the caller named it
  std::string_view model;  // the provider's name of it; empty while policies are asked
  std::string_view json;   // the request as its receiver is to have it
  std::uint64_t estimated_tokens = 0;
};

}  // namespace gatehouse::core
