// Writes a reply as the events of Anthropic's stream, in the order its SDKs insist on: one block after the other, each
// begun, continued and ended. One exchange; one thread at a time.
#pragma once

#include <string>

#include "core/text/json_writer.h"
#include "dialects/dialect.h"

namespace gatehouse::dialects {

class AnthropicStream final : public StreamEncoder {
 public:
  explicit AnthropicStream(const AnswerHead& head) : head_(head) {}

  core::Status chunk(const core::Chunk& chunk, std::string& out) override;
  void end(const core::Usage& usage, std::string& out) override;
  void error(const core::Status& status, std::string& out) override;
  void heartbeat(std::string& out) override;

 private:
  enum class Block { none, text, tool, thinking };

  void begin(std::string& out);
  core::Status event(const core::Event& event, std::string& out);
  void text(const core::Event& event, std::string& out);
  core::Status tool_call(const core::Event& event, std::string& out);
  void reasoning(const core::Event& event, std::string& out);
  void sealed(const core::Event& event, std::string& out);
  // Makes a block of this kind and number the one that is open. False: it already is.
  bool open(Block block, std::uint32_t number, std::string& out);
  void close(std::string& out);

  const AnswerHead& head_;
  bool begun_ = false;
  core::Usage usage_;
  Block block_ = Block::none;
  std::uint32_t number_ = 0;     // which tool call or piece of reasoning is open
  std::uint32_t next_tool_ = 0;  // the lowest that has not begun
  std::uint64_t index_ = 0;      // of the open block, or the next one
  std::string finish_reason_, own_finish_reason_, stop_sequence_;
};

}  // namespace gatehouse::dialects
