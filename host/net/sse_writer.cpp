#include "net/sse_writer.h"

namespace gatehouse::net {

SseWriter::SseWriter(Response& response) : response_(response) {
  response.set("content-type", "text/event-stream; charset=utf-8");
  response.set("cache-control", "no-cache");
  response.set("x-accel-buffering", "no");
  begun_ = response.begin_stream();
}

core::Status SseWriter::start() { return send(false); }

core::Status SseWriter::event(std::string_view data) { return event({}, data); }

core::Status SseWriter::event(std::string_view name, std::string_view data) {
  hold(name, data);
  return send(false);
}

core::Status SseWriter::comment(std::string_view text) {
  append_lines(": ", text);
  pending_ += '\n';
  return send(false);
}

void SseWriter::hold(std::string_view name, std::string_view data) {
  if (!name.empty()) append_lines("event: ", name.substr(0, name.find_first_of("\r\n")));
  append_lines("data: ", data);
  pending_ += '\n';
}

core::Status SseWriter::end() { return send(true); }

// CR, LF and CRLF all end a line of an event stream, so each becomes a line of its own.
void SseWriter::append_lines(std::string_view prefix, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    pending_.append(prefix).append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    const bool crlf = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (crlf ? 2 : 1));
  }
}

core::Status SseWriter::send(bool last) {
  GH_TRY(begun_);
  core::Status sent = response_.write_chunk(pending_, last);
  pending_.clear();
  return sent;
}

}  // namespace gatehouse::net
