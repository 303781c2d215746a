#include "limits/tokens/byte_pairs.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/text/base64.h"

namespace gatehouse::limits {
namespace {

using core::Code;
using core::Result;
using core::Status;

constexpr std::size_t kLongestToken = 1024;  // far beyond any; a line is no longer than this needs
constexpr std::size_t kLargestFile = 64 << 20;
constexpr std::size_t kLongestPiece = 64 << 10;  // what is longer is cut, which may cost a token at the cut

bool better(const BytePairs::Workplace::Pair& a, const BytePairs::Workplace::Pair& b) {
  return a.rank != b.rank ? a.rank > b.rank : a.begin > b.begin;  // the heap's top is the lowest, then the leftmost
}

}  // namespace

Result<BytePairs> BytePairs::read(const std::string& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return Status(Code::config, file + ": cannot be read: " + error.message());
  if (size > kLargestFile) return Status(Code::config, file + ": is too large to be a rank file");
  std::ifstream in(file, std::ios::binary);
  if (!in) return Status(Code::config, file + ": cannot be read: " + std::strerror(errno));
  BytePairs pairs;
  pairs.bytes_.reserve(size);  // more than enough, and it must not move
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (Status added = pairs.add_line(line); !added.ok())
      return std::move(added).within(file + ":" + std::to_string(number));
  }
  if (Status complete = pairs.complete(); !complete.ok()) return std::move(complete).within(file);
  return pairs;
}

Status BytePairs::add_line(std::string_view line) {
  const Status malformed(Code::config, "is not a token in base64, a space and its rank");
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || space > kLongestToken) return malformed;
  std::uint32_t rank = 0;
  const auto [end, error] = std::from_chars(line.data() + space + 1, line.data() + line.size(), rank);
  if (error != std::errc() || end != line.data() + line.size() || rank == kNoToken) return malformed;

  const std::optional<std::string> token = core::from_base64(line.substr(0, space));
  if (!token || token->empty()) return malformed;
  bytes_.insert(bytes_.end(), token->begin(), token->end());
  const std::string_view bytes(bytes_.data() + bytes_.size() - token->size(), token->size());
  if (!ranks_.try_emplace(bytes, rank).second) return {Code::config, "is a token that was there before"};
  longest_ = std::max(longest_, token->size());
  return {};
}

// Every text can be encoded: each byte is a token.
Status BytePairs::complete() const {
  for (int value = 0; value < 256; ++value) {
    const char byte = static_cast<char>(value);
    if (!ranks_.contains({&byte, 1}))
      return {Code::config, "is not a whole rank file: there is no token for byte " + std::to_string(value)};
  }
  return {};
}

std::uint32_t BytePairs::rank(std::string_view bytes) const {
  if (bytes.size() > longest_) return kNoToken;
  const auto found = ranks_.find(bytes);
  return found == ranks_.end() ? kNoToken : found->second;
}

std::uint64_t BytePairs::count(std::string_view piece, Workplace& work) const {
  std::uint64_t tokens = 0;
  for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), kLongestPiece))) {
    const std::string_view part = piece.substr(0, kLongestPiece);
    tokens += rank(part) != kNoToken ? 1 : merge(part, work);
  }
  return tokens;
}

// Begins with single bytes and joins, again and again, the two neighbours whose token has the lowest rank. The heap may
// hold pairs whose parts were joined with others since; their end no longer fits, which tells them apart.
std::uint64_t BytePairs::merge(std::string_view piece, Workplace& work) const {
  const auto size = static_cast<std::uint32_t>(piece.size());
  work.heap.clear();
  work.next.resize(size);
  work.previous.resize(size);
  for (std::uint32_t i = 0; i < size; ++i) work.next[i] = i + 1, work.previous[i] = i - 1;
  for (std::uint32_t i = 0; i + 1 < size; ++i) note_pair(piece, i, work);

  std::uint64_t parts = size;
  while (!work.heap.empty()) {
    std::pop_heap(work.heap.begin(), work.heap.end(), better);
    const Workplace::Pair pair = work.heap.back();
    work.heap.pop_back();
    const std::uint32_t middle = work.next[pair.begin];
    if (middle == 0 || middle == size || work.next[middle] != pair.end) continue;
    work.next[pair.begin] = pair.end;
    work.next[middle] = 0;  // no part any more
    --parts;
    if (pair.end < size) {
      work.previous[pair.end] = pair.begin;
      note_pair(piece, pair.begin, work);
    }
    if (pair.begin > 0) note_pair(piece, work.previous[pair.begin], work);
  }
  return parts;
}

// Puts the part that begins there and its neighbour on the heap, if together they are a token.
void BytePairs::note_pair(std::string_view piece, std::uint32_t begin, Workplace& work) const {
  const std::uint32_t end = work.next[work.next[begin]];
  const std::uint32_t joined = rank(piece.substr(begin, end - begin));
  if (joined == kNoToken) return;
  work.heap.push_back({joined, begin, end});
  std::push_heap(work.heap.begin(), work.heap.end(), better);
}

}  // namespace gatehouse::limits
