#include "core/trace_context.h"

#include <algorithm>

#include "core/identifier.h"

namespace gatehouse::core {

namespace {

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool all_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

}  // namespace

// 00-<32 hex: trace>-<16 hex: parent>-<2 hex: flags>; a later version may append more.
TraceContext TraceContext::from(std::string_view header) {
  TraceContext context;
  context.span_id = random_hex(8);
  const bool shaped = header.size() >= 55 && header[2] == '-' && header[35] == '-' && header[52] == '-' &&
                      (header.size() == 55 || (header.substr(0, 2) != "00" && header[55] == '-'));
  const bool valid = shaped && is_hex(header.substr(0, 2)) && header.substr(0, 2) != "ff" &&
                     is_hex(header.substr(3, 32)) && !all_zero(header.substr(3, 32)) && is_hex(header.substr(36, 16)) &&
                     !all_zero(header.substr(36, 16)) && is_hex(header.substr(53, 2));
  if (!valid) {
    context.trace_id = random_hex(16);
    return context;
  }
  context.trace_id = header.substr(3, 32);
  context.sampled = (header[54] - (header[54] >= 'a' ? 'a' - 10 : '0')) & 1;
  return context;
}

std::string TraceContext::traceparent() const { return "00-" + trace_id + "-" + span_id + (sampled ? "-01" : "-00"); }

}  // namespace gatehouse::core
