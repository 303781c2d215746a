// Watches a reply pass from the provider: what it cost, when it began, whether it came to its end. What a provider says
// of its usage is doubted here, where it enters: a count of 0 is none where there is something to count, and one that
// is more than can be is not believed. One exchange, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "core/reply/allowance.h"
#include "core/reply/reply.h"

namespace gatehouse::core {

// What the provider has said, reasoning and tool calls too, since it last reported its usage.
struct Unreported {
  std::uint64_t bytes = 0;
  std::uint64_t pieces = 0;  // that the bytes came in
  std::string text;          // the first of the bytes, where they are kept
};

// The most tokens that are believed.
struct Belief {
  // More than any model takes, what a provider's search, tools and images add to a prompt included.
  static constexpr std::uint64_t kMost = 4'000'000;

  std::uint64_t input = kMost;
  std::uint64_t answer = kMost;  // of the output, what is no reasoning, all choices together
};

class ReplyMeter final : public ReplySink {
 public:
  static constexpr std::size_t kMostUnreported = 64 << 10;  // bytes of text that are kept

  // REQUIRES: next outlives the meter. keep_text: text() is wanted. keep_unreported: unreported().text is.
  // allowance: says how far the reply may go, and outlives the meter; nullptr: as far as the provider likes.
  ReplyMeter(ReplySink& next, bool keep_text, bool keep_unreported = false, const Belief& belief = {},
             Allowance* allowance = nullptr)
      : next_(next),
        keep_text_(keep_text),
        keep_unreported_(keep_unreported),
        belief_(belief),
        allowance_(allowance),
        look_at_(allowance != nullptr ? 0 : UINT64_MAX) {}

  Status on_chunk(const Chunk& chunk) override;

  bool began() const { return chunks_ != 0; }
  bool spoke() const { return spoke_; }  // a word, a tool call or a piece of reasoning has come
  bool complete() const { return began() && unfinished_.empty() && !finish_reason_.empty(); }
  // The allowance had no more: the reply was ended towards the caller, who has got all that came, and then the provider
  // was stopped by a failure that is nobody's fault.
  bool ended_short() const { return ended_short_; }
  // As the provider said it. A count that it did not say, or that is not believed, is 0; `reported` means that none is
  // missing but for what unreported() has.
  const Usage& usage() const { return usage_; }
  bool doubted() const { return doubted_; }  // a count was more than can be
  const std::string& finish_reason() const { return finish_reason_; }
  const std::string& text() const { return text_; }
  const Unreported& unreported() const { return unreported_; }
  std::uint64_t chunks() const { return chunks_; }
  std::chrono::steady_clock::time_point first_chunk() const { return first_chunk_; }

 private:
  void count(std::string_view text);
  void speak(std::uint32_t choice);
  bool take(const Usage& said);
  Status look();
  Status end_short();

  ReplySink& next_;
  const bool keep_text_;
  const bool keep_unreported_;
  Belief belief_;
  Allowance* const allowance_;
  std::uint64_t said_ = 0;  // bytes
  std::uint64_t look_at_;   // when so many are said, the allowance is asked
  bool ended_short_ = false;
  std::set<std::uint32_t> unfinished_;  // choices that have begun and not finished
  bool spoke_ = false;
  bool doubted_ = false;
  Usage usage_;
  std::string finish_reason_;  // of the first choice
  std::string text_;
  Unreported unreported_;
  std::uint64_t chunks_ = 0;
  std::chrono::steady_clock::time_point first_chunk_;
};

}  // namespace gatehouse::core
