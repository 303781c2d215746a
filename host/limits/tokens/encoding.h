// Counts a text's tokens exactly as OpenAI's models do, by the encodings whose rank files are configured. Immutable;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "limits/tokens/byte_pairs.h"
#include "limits/tokens/token_split.h"

namespace gatehouse::limits {

class Encoding {
 public:
  // Reads the vocabulary from a rank file. REQUIRES: OpenAI has an encoding of this name.
  static core::Result<Encoding> read(std::string_view name, const std::string& file);

  std::string_view name() const { return name_; }  // static
  // Counts plain text: what looks like a special token is text too.
  std::uint64_t count(std::string_view text) const;

 private:
  Encoding(std::string_view name, TokenSplit split, BytePairs pairs)
      : name_(name), split_(std::move(split)), pairs_(std::move(pairs)) {}

  std::string_view name_;
  TokenSplit split_;
  BytePairs pairs_;
};

class Encodings {
 public:
  void add(Encoding encoding) { encodings_.push_back(std::move(encoding)); }
  const Encoding* find(std::string_view name) const;  // nullptr: there is no file for it

 private:
  std::vector<Encoding> encodings_;
};

}  // namespace gatehouse::limits
