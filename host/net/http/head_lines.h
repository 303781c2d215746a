// Gathers a request's head line by line, and refuses a bare CR or LF, control characters, folded lines and a head over
// its limits before any parser sees them. Sans-IO: the outcome does not depend on how the bytes were cut. One thread at
// a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/status.h"
#include "net/http/request_limits.h"

namespace gatehouse::net {

class HeadLines {
 public:
  // REQUIRES: limits outlive this object.
  explicit HeadLines(const RequestLimits& limits) : limits_(limits) {}

  // Takes bytes up to the end of the head; returns how many. REQUIRES: !ended() and refusal().ok().
  std::size_t take(std::string_view bytes);

  bool started() const { return started_; }                 // a byte has arrived
  bool ended() const { return ended_; }                     // text() is a whole head
  const core::Status& refusal() const { return refusal_; }  // ok: go on
  std::string_view text() const { return text_; }           // lives until clear()
  void set_minor_version_to_1();                            // in the request line. REQUIRES: ended()
  void clear();                                             // for the next request

 private:
  bool check_byte(char c);
  std::size_t take_plain_run(std::string_view bytes);
  bool end_line();
  void refuse(core::Code code, const char* message, int http_status = 0);

  const RequestLimits& limits_;
  core::Status refusal_;
  std::string text_;
  std::size_t line_size_ = 0;        // of the line being read
  std::size_t lines_ = 0;            // complete ones
  bool skipped_empty_line_ = false;  // before the request line; one is forgiven (RFC 9112, 2.2)
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace gatehouse::net
