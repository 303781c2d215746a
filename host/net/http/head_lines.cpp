#include "net/http/head_lines.h"

#include <algorithm>
#include <utility>

#include "net/http/plain_bytes.h"

namespace gatehouse::net {

using core::Code;

void HeadLines::refuse(Code code, const char* message, int http_status) {
  refusal_ = core::Status(code, message);
  refusal_.failure().http_status = http_status;
}

void HeadLines::clear() {
  text_.clear();
  line_size_ = lines_ = 0;
  skipped_empty_line_ = started_ = ended_ = false;
}

void HeadLines::set_minor_version_to_1() { text_[text_.find('\r') - 1] = '1'; }

// The rules about single bytes; false after a refusal.
bool HeadLines::check_byte(char c) {
  const char before = text_.empty() ? '\0' : text_.back();
  if (before == '\r' && c != '\n')
    refuse(Code::invalid_request, "A CR in the head is not followed by LF.");
  else if (c == '\n' && before != '\r')
    refuse(Code::invalid_request, "A line of the head ends in LF without CR.");
  else if (is_control(c) && c != '\t' && c != '\r' && c != '\n')
    refuse(Code::invalid_request, "The head contains a control character.");
  else if (line_size_ == 0 && lines_ > 0 && (c == ' ' || c == '\t'))
    refuse(Code::invalid_request, "A header line begins with a blank; folded lines are not taken.");
  else if (lines_ == 0 && line_size_ >= limits_.request_line && c != '\r' && c != '\n')
    refuse(Code::too_large, "The request line is too long.", 414);
  else if (text_.size() >= limits_.head)
    refuse(Code::too_large, "The request's head is too large.", 431);
  else if (lines_ > limits_.fields && line_size_ == 0 && c != '\r' && c != '\n')
    refuse(Code::too_large, "The request has too many header fields.", 431);
  return refusal_.ok();
}

// Takes, at once, a run of bytes that the rules about single bytes all allow. REQUIRES: there is one.
std::size_t HeadLines::take_plain_run(std::string_view bytes) {
  if (line_size_ == 0 && (lines_ > limits_.fields || bytes.front() == ' ')) return 0;
  if (!text_.empty() && text_.back() == '\r') return 0;
  std::size_t room = limits_.head - text_.size();
  if (lines_ == 0) room = std::min(room, limits_.request_line - line_size_);
  const std::size_t size = plain_length(bytes.substr(0, room));
  text_.append(bytes.data(), size);
  line_size_ += size;
  return size;
}

// Whether the line just read ended the head.
bool HeadLines::end_line() {
  if (std::exchange(line_size_, 0) > 0) {
    ++lines_;
    return false;
  }
  if (lines_ == 0 && !skipped_empty_line_) {
    skipped_empty_line_ = true;
    text_.clear();
    return false;
  }
  return true;
}

std::size_t HeadLines::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (const std::size_t run = take_plain_run(bytes.substr(taken)); run != 0) {
      taken += run;
      started_ = true;
      if (taken == bytes.size()) break;
      if (bytes.substr(taken, 2) == "\r\n" && text_.size() + 2 <= limits_.head) {
        text_.append("\r\n");
        taken += 2;
        end_line();
        continue;
      }
    }
    const char c = bytes[taken];
    if (!check_byte(c)) break;
    ++taken;
    started_ = true;
    text_.push_back(c);
    if (c != '\r' && c != '\n') ++line_size_;
    if (c != '\n' || !end_line()) continue;
    ended_ = true;
    break;
  }
  return taken;
}

}  // namespace gatehouse::net
