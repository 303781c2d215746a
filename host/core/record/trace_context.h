// W3C Trace Context, level 1: what we take from a caller's `traceparent` and send on.
// Source: https://www.w3.org/TR/trace-context/. Values.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::core {

struct TraceContext {
  std::string traceparent;  // what we send on: the caller's trace or a new one, and a span of ours, always new

  // A malformed header starts a new trace, as the specification asks.
  static TraceContext from(std::string_view header);

  // 32 hex digits.
  std::string_view trace_id() const {
    return traceparent.empty() ? std::string_view() : std::string_view(traceparent).substr(3, 32);
  }
};

}  // namespace gatehouse::core
