#include "core/reply/framing.h"

#include <algorithm>
#include <utility>

namespace gatehouse::core {

namespace {

Status too_large(std::size_t limit) {
  return {Code::upstream_failed, "The provider sent more than " + std::to_string(limit) + " bytes in one piece"};
}

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

}  // namespace

Status Framer::feed(std::string_view bytes, FrameSink& sink) {
  if (bytes.empty()) return {};
  switch (framing_) {
    case Framing::raw: return sink.on_frame({{}, bytes, false});
    case Framing::body:
      if (held_.size() + bytes.size() > max_frame_) return too_large(max_frame_);
      held_.append(bytes);
      return {};
    case Framing::lines:
    case Framing::sse: return feed_lines(bytes, sink);
  }
  return {};
}

Status Framer::finish(FrameSink& sink) {
  if (framing_ == Framing::body) return sink.on_frame({{}, held_, true});
  if (!held_.empty()) GH_TRY(take_line({}, sink));
  if (has_data_) GH_TRY(sse_line({}, sink));  // the blank line after the last event is often left out
  return sink.on_frame({{}, {}, true});
}

std::string_view Framer::part() const {
  if (has_data_) return data_;
  const bool comment = framing_ == Framing::sse && !held_.empty() && held_.front() == ':';
  const bool blank = held_.find_first_not_of(" \t\r\n") == held_.npos;
  return comment || blank ? std::string_view() : held_;
}

// Lines end with LF, CR or CRLF, and the bytes may be split anywhere, between CR and LF too.
Status Framer::feed_lines(std::string_view bytes, FrameSink& sink) {
  if (skip_lf_ && bytes.front() == '\n') bytes.remove_prefix(1);
  skip_lf_ = false;
  while (!bytes.empty()) {
    const std::size_t end = framing_ == Framing::sse ? bytes.find_first_of("\r\n") : bytes.find('\n');
    const std::size_t length = std::min(end, bytes.size());
    if (held_.size() + data_.size() + length > max_frame_) return too_large(max_frame_);
    if (end == bytes.npos) {
      held_.append(bytes);
      return {};
    }
    GH_TRY(take_line(bytes.substr(0, end), sink));
    std::size_t next = end + 1;
    if (bytes[end] == '\r') {
      if (next == bytes.size())
        skip_lf_ = true;
      else if (bytes[next] == '\n')
        ++next;
    }
    bytes.remove_prefix(next);
  }
  return {};
}

// A line is complete: what was held of it, and its last part.
Status Framer::take_line(std::string_view rest, FrameSink& sink) {
  std::string whole;
  std::string_view line = rest;
  if (!held_.empty()) {
    whole.swap(held_);
    line = whole.append(rest);
  }
  if (at_start_ && starts_with(line, "\xEF\xBB\xBF")) line.remove_prefix(3);
  at_start_ = false;
  if (framing_ == Framing::sse) return sse_line(line, sink);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line.empty() ? Status() : sink.on_frame({{}, line, false});
}

// The event-stream grammar of the HTML standard, section 9.2.6.
Status Framer::sse_line(std::string_view line, FrameSink& sink) {
  if (line.empty()) {
    const std::string data = std::exchange(data_, {});
    const std::string event = std::exchange(event_, {});
    return std::exchange(has_data_, false) ? sink.on_frame({event, data, false}) : Status();
  }
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (starts_with(value, " ")) value.remove_prefix(1);
  if (field == "event") event_ = value;
  if (field == "data") {
    if (has_data_) data_ += '\n';
    data_.append(value);
    has_data_ = true;
  }
  return {};
}

}  // namespace gatehouse::core
