// How an attempt reaches a provider: one HTTP request out, its answer back as it arrives. core only states what
// it needs; host/net/upstream does it with sockets. Transport is thread-safe, the rest belongs to one exchange.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/status.h"

namespace gatehouse::core {

struct Timeouts {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds first_byte{60'000};      // from the request's last byte out to the head in
  std::chrono::milliseconds between_chunks{60'000};  // silence within the answer's body
  std::chrono::milliseconds total{600'000};
};

struct UpstreamRequest {
  std::string method;
  std::string url;  // absolute, http or https
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;
  std::string_view ca_file = {};   // whose CAs to trust instead of the system's; empty: the system's
  std::string_view provider = {};  // its name for messages to callers, who are not told its address
};

struct UpstreamHead {
  int status = 0;
  std::string_view content_type;
  std::chrono::milliseconds retry_after{0};  // from retry-after-ms or retry-after; 0: none given
};

// Receives an answer in order: head once, then body any number of times. Returning a failure
// closes the connection and makes it send()'s result.
class UpstreamSink {
 public:
  virtual ~UpstreamSink() = default;
  virtual Status on_head(const UpstreamHead& head) = 0;
  virtual Status on_body(std::string_view bytes) = 0;
  // Whether the answer is complete for the sink, although its body may go on. The body's end is then waited for
  // only a moment, to use the connection again; send() is ok without it.
  virtual bool satisfied() const { return false; }
};

// What happened on the wire, for the log record. Filled also when send() fails.
struct UpstreamTrace {
  std::chrono::microseconds connect{0};  // 0 on a pooled connection
  bool reused = false;                   // a pooled connection
  bool resent = false;                   // the pooled one had ended before the provider could read the request
  bool handed_over = false;              // all of the request was sent: the provider may be at work on it
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Blocks until the answer is complete or has failed. ok means: complete by HTTP's own rules,
  // whatever its status, or all that the sink wants; a body cut short is upstream_failed.
  virtual Status send(const UpstreamRequest& request, const Timeouts& timeouts, Cancellation& cancellation,
                      UpstreamSink& sink, UpstreamTrace& trace) = 0;
};

}  // namespace gatehouse::core
