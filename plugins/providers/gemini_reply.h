// Reads what Gemini answers: one object for a whole answer, or one per event of a stream, of the same
// shape. One exchange; one thread at a time.
#pragma once

#include <gatehouse/plugin.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "chat/embeddings.h"

namespace gemini {

constexpr embeddings::Shape kEmbeddings{"/embeddings", "/values", "/usageMetadata/promptTokenCount"};

class Reply {
 public:
  // exchange: our id of it, of which ids of tool calls are made where Gemini gives none.
  explicit Reply(std::string_view exchange) : exchange_(exchange) {}

  void read(simdjson::dom::element answer, gatehouse::Events& out);
  // One answer, or a list of them: what a server says to whom events mean nothing.
  void read_all(simdjson::dom::element answers, gatehouse::Events& out);
  bool begun() const { return begun_; }

 private:
  using element = simdjson::dom::element;

  struct Candidate {
    std::uint32_t tools = 0, thoughts = 0;
    bool thinking = false;  // the last part was a thought, so the next one continues it
  };

  void read_candidate(element candidate, gatehouse::Events& out);
  void read_part(element part, std::uint32_t choice, Candidate& candidate, gatehouse::Events& out);
  void read_call(element part, element call, std::uint32_t choice, Candidate& candidate, gatehouse::Events& out);

  std::string exchange_;
  std::map<std::uint32_t, Candidate> candidates_;
  bool begun_ = false;
};

}  // namespace gemini
