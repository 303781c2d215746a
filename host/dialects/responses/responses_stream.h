// Writes a reply as the events of OpenAI's Responses stream: numbered, each item added, filled and done before the
// next, the whole response at the end. One exchange; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/responses/responses_json.h"

namespace gatehouse::dialects {

class ResponsesStream final : public StreamEncoder {
 public:
  explicit ResponsesStream(const AnswerHead& head) : head_(head) {}

  core::Status chunk(const core::Chunk& chunk, std::string& out) override;
  void end(const core::Usage& usage, std::string& out) override;
  void error(const core::Status& status, std::string& out) override;

 private:
  using Kind = ResponseItem::Kind;
  class Event;  // one of the stream

  void begin(std::string& out);
  core::Status event(const core::Event& event, std::string& out);
  core::Status tool_call(const core::Event& event, std::string& out);
  void reasoning(const core::Event& event, std::string& out);
  // Makes an item of this kind and number the one that is open.
  ResponseItem& open(Kind kind, std::uint32_t number, std::string& out);
  bool is_open(Kind kind, std::uint32_t number) const { return item_ && item_->kind == kind && number_ == number; }
  void announce(const core::Event* call, std::string& out);
  void add_text(std::string_view piece, std::string& out);
  void close(std::string& out);
  void finish(std::string_view type, const ResponseState& state, std::string& out);

  const AnswerHead& head_;
  bool begun_ = false;
  std::uint64_t sequence_ = 0;
  std::optional<ResponseItem> item_;  // the open one
  bool has_part_ = false;             // its part has been added
  std::uint32_t number_ = 0;          // which tool call or piece of reasoning it is
  std::uint32_t next_tool_ = 0;       // the lowest that has not begun
  std::size_t place_ = 0;             // of the open item in the output, or of the next one
  std::vector<ResponseItem> output_;  // the items that are done
  std::string finish_reason_;
};

}  // namespace gatehouse::dialects
