// A vocabulary of byte-pair encoding; counts the tokens of a piece of text. Immutable once read; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/status.h"

namespace gatehouse::limits {

class BytePairs {
 public:
  // The memory that counting works in. Kept from piece to piece, so that a long text allocates no more than a short
  // one.
  struct Workplace {
    struct Pair {  // of neighbouring parts
      std::uint32_t rank, begin, end;
    };
    std::vector<Pair> heap;
    std::vector<std::uint32_t> next, previous;  // of the part that begins at this index
  };

  // Reads a rank file as OpenAI publishes them: a token in base64 and its rank on each line. config: names the file
  // and the line that is wrong.
  static core::Result<BytePairs> read(const std::string& file);

  // Takes O(n log n) time for any piece.
  std::uint64_t count(std::string_view piece, Workplace& work) const;

  std::size_t size() const { return ranks_.size(); }

 private:
  static constexpr std::uint32_t kNoToken = 0xffffffff;

  core::Status add_line(std::string_view line);
  core::Status complete() const;
  std::uint32_t rank(std::string_view bytes) const;  // kNoToken: it is none
  std::uint64_t merge(std::string_view piece, Workplace& work) const;
  void note_pair(std::string_view piece, std::uint32_t begin, Workplace& work) const;

  std::vector<char> bytes_;  // of all tokens; the map's keys point here
  std::unordered_map<std::string_view, std::uint32_t> ranks_;
  std::size_t longest_ = 0;
};

}  // namespace gatehouse::limits
