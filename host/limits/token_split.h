// Cuts a text into the pieces that an encoding looks for tokens in; no token reaches from one into the next. The rule
// is a regular expression, as the encoding's makers publish it. Immutable; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace gatehouse::limits {

class TokenSplit {
 public:
  // REQUIRES: the pattern is one of PCRE2's and matches wherever there is a character.
  explicit TokenSplit(std::string_view pattern);

  // Calls piece() for every piece, in order; together they are the text. What is not UTF-8 is one.
  void each(std::string_view text, const std::function<void(std::string_view)>& piece) const;

 private:
  std::shared_ptr<const void> code_;  // compiled
};

}  // namespace gatehouse::limits
