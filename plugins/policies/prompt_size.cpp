// prompt_size - refuses prompts that are too long.
//   - { plugin: prompt_size, config: { max_characters: 20000, max_tokens: 8000 } }       one or both
// max_characters counts Unicode characters of all texts that a provider reads as the prompt, those of tools and files
// too; max_tokens is held against the gateway's estimate of the prompt.
#include <gatehouse/plugin.hpp>

#include <limits>

namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// Characters of UTF-8 text: every byte that does not continue one.
std::uint64_t characters(std::string_view text) {
  std::uint64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

gatehouse::Verdict too_large(std::uint64_t actual, std::uint64_t limit, const std::string& unit) {
  return gatehouse::deny("prompt_too_large", "The prompt has " + std::to_string(actual) + " " + unit + "; at most " +
                                                 std::to_string(limit) + " are allowed");
}

class PromptSize {
 public:
  explicit PromptSize(gatehouse::Config& config)
      : max_characters_(config.number_or("max_characters", kUnlimited, {1})),
        max_tokens_(config.number_or("max_tokens", kUnlimited, {1})) {
    if (max_characters_ == kUnlimited && max_tokens_ == kUnlimited) {
      throw gatehouse::Error(GH_ECONFIG, "config needs max_characters, max_tokens or both");
    }
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest request) const {
    if (request.estimated_tokens() > max_tokens_) return too_large(request.estimated_tokens(), max_tokens_, "tokens");
    if (max_characters_ == kUnlimited) return gatehouse::allow();
    std::uint64_t count = 0;
    for (const gatehouse::Text text : request.texts()) count += characters(text.text());
    return count > max_characters_ ? too_large(count, max_characters_, "characters") : gatehouse::allow();
  }

 private:
  std::uint64_t max_characters_, max_tokens_;
};

}  // namespace

GH_EXPORT_POLICY(PromptSize, "prompt_size", "1.0.0", "Refuses prompts that are too long")
