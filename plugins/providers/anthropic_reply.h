// Reads what Anthropic answers, a message or the events of a stream, into events of the gateway.
// One exchange; one thread at a time.
#pragma once

#include <gatehouse/plugin.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace anthropic {

class Reply {
 public:
  void read_message(simdjson::dom::element message, gatehouse::Events& out);  // the whole answer
  void read_event(simdjson::dom::element event, gatehouse::Events& out);      // one of a stream
  bool begun() const { return begun_; }

 private:
  using element = simdjson::dom::element;

  struct Open {
    enum class Kind { text, tool, thinking, other };
    Kind kind = Kind::other;
    std::uint32_t number = 0;  // among the tool calls, or among the pieces of reasoning
    bool silent = true;        // a tool call without arguments so far
  };

  void begin_block(std::uint64_t index, element block, gatehouse::Events& out);
  void add_to_block(std::uint64_t index, element delta, gatehouse::Events& out);
  void end_block(std::uint64_t index, gatehouse::Events& out);
  void read_usage(element usage, gatehouse::Events& out);
  void finish(element holder, gatehouse::Events& out);

  std::map<std::uint64_t, Open> open_;  // blocks that have begun and not ended
  std::uint32_t tools_ = 0, thoughts_ = 0;
  gatehouse::Usage usage_;
  // Of the prompt: neither read from the cache nor written to it. Nothing, until it was said.
  std::optional<std::uint64_t> fresh_input_;
  bool begun_ = false;
};

}  // namespace anthropic
