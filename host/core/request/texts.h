// The texts of a request: all in it that its receiver reads as the prompt, decoded, each with what it is and where it
// stands. Policies judge and edit these, so that nothing is said beside what they see. Pictures are none of them, nor
// what tells kinds of parts apart. Immutable; any thread.
#pragma once

#include <cstdint>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::core {

enum class TextKind : std::uint8_t {
  content,     // of a message: what somebody says
  tool_call,   // a call's name and arguments, as the model made it
  definition,  // of a tool, or of the answer's form: its names too
  reasoning,   // what the model thought
  tokens,      // a list of numbers, which may stand for a text as those of embeddings do: a JSON array
  other,       // files, sound, names, ids, and what is not known here
};

struct Text {
  TextKind kind = TextKind::other;
  std::string_view role;   // of the message it is in; empty: it is in none
  std::string_view place;  // "messages[2].content[0].text"
  std::string_view text;
  std::string_view raw;  // as it stands in the request, quotes included
};

struct TextEdit {
  std::size_t index = 0;  // of the text
  std::string text;       // what stands there from now on
};

class Texts {
 public:
  // In their order in the request. overloaded: there is no memory. REQUIRES: the request outlives the texts and does not
  // move; the roles are those of its messages, empty while they are shed.
  static Result<Texts> of(const ChatRequest& request);

  std::span<const Text> all() const { return texts_; }
  // The request with these texts in their places; of two for one place the later. internal: there is no such text, or
  // it is of tokens.
  Result<std::string> edited(std::span<const TextEdit> edits) const;

 private:
  friend class TextsReader;

  std::string_view json_;
  std::vector<Text> texts_;
  std::vector<char> places_;                  // of all texts, one behind the other
  std::forward_list<std::string> unescaped_;  // texts that had escapes; addresses never move
};

}  // namespace gatehouse::core
