// Cuts a text into pieces, before an encoding looks for tokens within each. No token reaches from one piece into the
// next. The rule is a regular expression, as the encoding's makers publish it. Immutable; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace gatehouse::limits {

class TokenSplit {
 public:
  // REQUIRES: the pattern is one of PCRE2's and matches wherever there is a character.
  explicit TokenSplit(std::string_view pattern);

  // Calls piece() for every piece, in order; together they are the text. A rest that is not UTF-8 is one piece.
  void each(std::string_view text, const std::function<void(std::string_view)>& piece) const;

 private:
  std::shared_ptr<const void> code_;  // compiled
};

}  // namespace gatehouse::limits
