// Watches a reply pass from the provider: what it cost, when it began, whether it came to its end.
// One exchange, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "core/reply.h"

namespace gatehouse::core {

class ReplyMeter final : public ReplySink {
 public:
  // REQUIRES: next outlives the meter. keep_text: text() is wanted.
  ReplyMeter(ReplySink& next, bool keep_text) : next_(next), keep_text_(keep_text) {}

  Status on_chunk(const Chunk& chunk) override;

  bool began() const { return chunks_ != 0; }
  bool complete() const { return began() && unfinished_.empty() && !finish_reason_.empty(); }
  const Usage& usage() const { return usage_; }
  const std::string& finish_reason() const { return finish_reason_; }
  const std::string& text() const { return text_; }
  std::uint64_t output_bytes() const { return output_bytes_; }    // text and tool arguments
  std::uint64_t output_pieces() const { return output_pieces_; }  // the parts they came in
  std::uint64_t chunks() const { return chunks_; }
  std::chrono::steady_clock::time_point first_chunk() const { return first_chunk_; }

 private:
  ReplySink& next_;
  bool keep_text_;
  std::set<std::uint32_t> unfinished_;  // choices that have begun and not finished
  Usage usage_;
  std::string finish_reason_;  // of the first choice
  std::string text_;
  std::uint64_t output_bytes_ = 0;
  std::uint64_t output_pieces_ = 0;
  std::uint64_t chunks_ = 0;
  std::chrono::steady_clock::time_point first_chunk_;
};

}  // namespace gatehouse::core
