// A configured policy: sees a request, the streamed text and the whole answer, and decides.
// Thread-safe; calls with one PolicyCall belong to one exchange, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::core {

struct Verdict {
  enum class Kind : std::uint8_t { failed, allow, modify, deny };
  Kind kind = Kind::failed;
  std::string content;  // modify: what to go on with
  std::string code;     // deny, and for the record: "model_disabled"
  std::string text;     // why, for the caller; failed: what went wrong
  std::chrono::nanoseconds took{0};
};

enum class StreamMode : std::uint8_t { none, delta, window };
enum class OnError : std::uint8_t { deny, allow };

// The policy's own state of one exchange; null when it keeps none.
using PolicyCall = void*;

class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string_view name() const = 0;  // as in YAML
  virtual OnError on_error() const = 0;       // what a failed verdict counts as
  virtual StreamMode stream_mode() const = 0;
  virtual bool sees_responses() const = 0;

  // Adds its time to `took`.
  virtual Result<PolicyCall> begin(const RequestView& view, std::chrono::nanoseconds& took) = 0;
  virtual Verdict on_request(PolicyCall call, const RequestView& view) = 0;
  virtual Verdict on_chunk(PolicyCall call, std::string_view text) = 0;     // REQUIRES: stream_mode() != none
  virtual Verdict on_response(PolicyCall call, std::string_view text) = 0;  // REQUIRES: sees_responses()
  virtual void end(PolicyCall call) = 0;  // exactly once for every begin() that succeeded
};

}  // namespace gatehouse::core
