// What a live policy was asked in one exchange, and what it said: enough to ask another build the same afterwards.
// A value; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/policy.h"

namespace gatehouse::modules {

struct Transcript {
  static constexpr std::size_t kMaxBytes = 1u << 20;  // of texts; a longer exchange is not kept

  enum class Step : std::uint8_t { request, chunk, response };
  struct Said {
    Step step;
    std::string text;  // the chunk or the response; of a request it is `json` below
    core::Verdict verdict;
  };

  // Takes down the request, as the policy was shown it.
  explicit Transcript(const core::RequestView& view)
      : id(view.id), client(view.client), alias(view.alias), estimated_tokens(view.estimated_tokens) {
    if (fits(view.json)) json = view.json;
  }
  void add(Step step, std::string_view text, const core::Verdict& verdict) {
    if (fits(text) && fits(verdict.content)) said.push_back({step, std::string(text), verdict});
  }

  std::string id;
  std::string client;
  std::string alias;
  std::string json;
  std::uint64_t estimated_tokens;
  core::StreamMode mode = core::StreamMode::none;  // how the policy was shown streamed text
  std::vector<Said> said;
  std::size_t bytes = 0;
  bool whole = true;  // false: there was more than is kept

 private:
  bool fits(std::string_view text) {
    whole = whole && bytes + text.size() <= kMaxBytes;
    if (whole) bytes += text.size();
    return whole;
  }
};

}  // namespace gatehouse::modules
