// W3C Trace Context, level 1: what we take from a caller's `traceparent` and send on.
// Source: https://www.w3.org/TR/trace-context/. Values.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::core {

struct TraceContext {
  std::string trace_id;  // 32 hex digits, the caller's or new
  std::string span_id;   // 16 hex digits, ours, always new
  bool sampled = false;

  // A malformed header starts a new trace, as the specification asks.
  static TraceContext from(std::string_view traceparent);
  std::string traceparent() const;
};

}  // namespace gatehouse::core
