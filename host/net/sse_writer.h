// Server-sent events over a Response: one send per event, and the last events in one send with
// the answer's end. Nothing is sent before the first event. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "core/status.h"
#include "net/response.h"

namespace gatehouse::net {

class SseWriter {
 public:
  // Sets the fields of an event stream. REQUIRES: !response.sent().
  explicit SseWriter(Response& response);

  core::Status start();  // sends the head alone
  core::Status event(std::string_view data);
  core::Status event(std::string_view name, std::string_view data);
  core::Status comment(std::string_view text);

  // Keeps an event back; it leaves with the next one that is sent.
  void hold(std::string_view data) { hold({}, data); }
  void hold(std::string_view name, std::string_view data);

  // The events kept back, these, and the end of the answer, in one send.
  template <class... Data>
  core::Status last(const Data&... data) {
    (hold(std::string_view(data)), ...);
    return end();
  }
  core::Status end();  // last() without further events

 private:
  void append_lines(std::string_view prefix, std::string_view text);
  core::Status send(bool last);

  Response& response_;
  core::Status begun_;
  std::string pending_;
};

}  // namespace gatehouse::net
