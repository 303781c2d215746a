// Cuts a provider's answer into the frames its codec asked for: whole body, server-sent events,
// lines, or bytes as they come. Sans-IO, bounded, tolerant of every split of the input.
// For one answer; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::core {

enum class Framing : std::uint8_t { body, sse, lines, raw };

struct Frame {
  std::string_view event;  // SSE: the event's name
  std::string_view data;   // SSE: the data lines joined by \n
  bool last = false;       // nothing follows; with empty data except for body
};

class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual Status on_frame(const Frame& frame) = 0;
};

class Framer {
 public:
  static constexpr std::size_t kMaxFrame = 32u << 20;  // bytes one frame may hold

  explicit Framer(Framing framing, std::size_t max_frame = kMaxFrame) : framing_(framing), max_frame_(max_frame) {}

  // Feeds what arrived. A frame past the limit is upstream_failed; a sink's failure comes back.
  Status feed(std::string_view bytes, FrameSink& sink);
  // The answer has ended in good order: passes on the last frame.
  Status finish(FrameSink& sink);
  // The beginning of a frame that is not complete yet; comments and blanks do not count.
  std::string_view part() const;

 private:
  Status feed_lines(std::string_view bytes, FrameSink& sink);
  Status take_line(std::string_view line, FrameSink& sink);
  Status sse_line(std::string_view line, FrameSink& sink);

  Framing framing_;
  std::size_t max_frame_;
  std::string held_;   // body so far, or the beginning of a line
  std::string event_;  // SSE: the event being read
  std::string data_;
  bool has_data_ = false;
  bool skip_lf_ = false;  // the last byte was CR, so an LF right after belongs to it
  bool at_start_ = true;  // a byte order mark may come here
};

}  // namespace gatehouse::core
