#define PCRE2_CODE_UNIT_WIDTH 8
#include "limits/tokens/token_split.h"

#include <pcre2.h>

#include <stdexcept>
#include <string>

namespace gatehouse::limits {
namespace {

struct Free {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

TokenSplit::TokenSplit(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code =
      pcre2_compile(units(pattern), pattern.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &error, &offset, nullptr);
  if (code == nullptr) throw std::invalid_argument("a token pattern is wrong at " + std::to_string(offset));
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without a compiler for this machine it is interpreted
  code_ = {code, [](const void* compiled) { pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(compiled))); }};
}

void TokenSplit::each(std::string_view text, const std::function<void(std::string_view)>& piece) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const std::unique_ptr<pcre2_match_data, Free> match(pcre2_match_data_create(1, nullptr));
  for (std::size_t begin = 0; begin < text.size();) {
    // Checking the UTF-8 each time would make this quadratic.
    const std::uint32_t options = begin == 0 ? 0 : PCRE2_NO_UTF_CHECK;
    const int found = pcre2_match(code, units(text), text.size(), begin, options, match.get(), nullptr);
    std::size_t end = found > 0 ? pcre2_get_ovector_pointer(match.get())[1] : 0;
    if (end <= begin) end = text.size();  // no UTF-8, or the matcher's limits: the rest is one piece
    piece(text.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace gatehouse::limits
