// The pieces of one message as another wire has them: in one row. A chat request's message has a list for each
// kind, so they are kept in the order they came and written kind by kind.
// Views into the request that is read; one thread.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "dialects/foreign_json.h"

namespace gatehouse::dialects {

class MessagePieces {
 public:
  enum class Kind { part, thought, call, result };

  void add(Kind kind, object fields, std::string path) { pieces_.push_back({kind, fields, std::move(path)}); }
  void clear() { pieces_.clear(); }
  bool empty() const { return pieces_.empty(); }
  bool any(Kind kind) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.kind == kind; });
  }

  // Each of a kind by append(list, fields, path).
  template <class Append>
  void append_each(Kind kind, core::JsonArray& list, Append append) const {
    for (const Piece& piece : pieces_) {
      if (piece.kind == kind) append(list, piece.fields, piece.path);
    }
  }
  // Adds "content", and where there are any "reasoning_details" and "tool_calls".
  template <class Part, class Thought, class Call>
  void append_lists(core::JsonObject& message, Part part, Thought thought, Call call) const {
    if (!append_list(Kind::part, "content", message, part)) message.add_raw("content", "null");
    append_list(Kind::thought, "reasoning_details", message, thought);
    append_list(Kind::call, "tool_calls", message, call);
  }

 private:
  struct Piece {
    Kind kind;
    object fields;
    std::string path;
  };

  template <class Append>
  bool append_list(Kind kind, std::string_view name, core::JsonObject& message, Append append) const {
    if (!any(kind)) return false;
    core::JsonArray list(message.key(name));
    append_each(kind, list, append);
    return true;
  }

  std::vector<Piece> pieces_;
};

}  // namespace gatehouse::dialects
