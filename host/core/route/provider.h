// A configured provider: a codec that the host does the networking for, or an engine in this process.
// Thread-safe; one answer() call belongs to one exchange.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/cancellation.h"
#include "core/reply/reply.h"
#include "core/request/attempt_bytes.h"
#include "core/request/chat_request.h"
#include "core/transport.h"

namespace gatehouse::core {

// One attempt at one target.
struct Attempt {
  RequestView view;
  std::uint32_t number = 1;      // 1 for the first at this target
  std::string_view traceparent;  // W3C trace context to send on; empty: none
  Transport& transport;
  Cancellation& cancellation;
  UpstreamTrace& trace;  // filled, also on failure
  int& upstream_status;  // the provider's HTTP status; 0 where there is none
  AttemptBytes* bytes = nullptr;  // to be released once they are encoded; nullptr: they stay
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view name() const = 0;  // as in YAML
  // Asks once and passes the reply to sink as it comes. ok means: all that the provider said was
  // passed on. Whether that is a complete reply is for the exchange to judge.
  virtual Status answer(const Attempt& attempt, ReplySink& sink) = 0;
};

}  // namespace gatehouse::core
