// A policy that keeps words out: a prompt that has one is refused, a reply that has one is stopped.
//   - { plugin: deny_words, config: { words: [swordfish, "open sesame"] } }
#pragma once

#include <gatehouse/plugin.hpp>

class DenyWords {
 public:
  explicit DenyWords(gatehouse::Config& config) : words_(config.texts("words")) {
    if (words_.empty()) throw gatehouse::Error(GH_ECONFIG, "config.words must name at least one word");
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest request) const {
    for (const gatehouse::Text text : request.texts()) {
      if (has_word(text.text()))
        return gatehouse::deny("denied_word", "The prompt has a word that is not allowed here");
    }
    return gatehouse::allow();
  }

  // Streamed text comes in overlapping windows, so a word in two pieces is seen whole.
  gatehouse::Verdict on_chunk(std::string_view text) const { return judge_reply(text); }
  gatehouse::Verdict on_response(std::string_view text) const { return judge_reply(text); }

 private:
  gatehouse::Verdict judge_reply(std::string_view text) const {
    if (has_word(text)) return gatehouse::deny("denied_word", "The reply had a word that is not allowed here");
    return gatehouse::allow();
  }
  bool has_word(std::string_view text) const {
    for (const std::string& word : words_) {
      if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
  }

  std::vector<std::string> words_;
};
