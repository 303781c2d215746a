#include "limits/tokens/encoding.h"

#include <algorithm>

namespace gatehouse::limits {
namespace {

struct Known {
  std::string_view name;
  std::string_view pattern;  // as in tiktoken's openai_public.py, with \p{WSpace} for its \s
};

constexpr Known kKnown[] = {
    {"cl100k_base",
     R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+)"
     R"(| ?[^\p{WSpace}\p{L}\p{N}]++[\r\n]*+|\p{WSpace}++\z|\p{WSpace}*[\r\n]|\p{WSpace}+(?!\P{WSpace})|\p{WSpace})"},
    {"o200k_base",
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
     R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
     R"(|\p{N}{1,3}| ?[^\p{WSpace}\p{L}\p{N}]+[\r\n/]*|\p{WSpace}*[\r\n]+|\p{WSpace}+(?!\P{WSpace})|\p{WSpace}+)"}};

}  // namespace

core::Result<Encoding> Encoding::read(std::string_view name, const std::string& file) {
  const auto is_it = [&](const Known& known) { return known.name == name; };
  const Known& known = *std::find_if(std::begin(kKnown), std::end(kKnown), is_it);
  GH_ASSIGN(auto pairs, BytePairs::read(file));
  return Encoding(known.name, TokenSplit(known.pattern), std::move(pairs));
}

std::uint64_t Encoding::count(std::string_view text) const {
  BytePairs::Workplace work;
  std::uint64_t tokens = 0;
  split_.each(text, [&](std::string_view piece) { tokens += pairs_.count(piece, work); });
  return tokens;
}

const Encoding* Encodings::find(std::string_view name) const {
  const auto found = std::find_if(encodings_.begin(), encodings_.end(),
                                  [&](const Encoding& encoding) { return encoding.name() == name; });
  return found == encodings_.end() ? nullptr : &*found;
}

}  // namespace gatehouse::limits
