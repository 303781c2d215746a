#include "core/record/trace_context.h"

#include <algorithm>

#include "core/text/identifier.h"

namespace gatehouse::core {

namespace {

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool all_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

}  // namespace

// 00-<32 hex: trace>-<16 hex: parent>-<2 hex: flags>; a later version may append more.
TraceContext TraceContext::from(std::string_view header) {
  const bool shaped = header.size() >= 55 && header[2] == '-' && header[35] == '-' && header[52] == '-' &&
                      (header.size() == 55 || (!header.starts_with("00") && header[55] == '-'));
  const bool valid = shaped && is_hex(header.substr(0, 2)) && !header.starts_with("ff") &&
                     is_hex(header.substr(3, 32)) && !all_zero(header.substr(3, 32)) && is_hex(header.substr(36, 16)) &&
                     !all_zero(header.substr(36, 16)) && is_hex(header.substr(53, 2));
  const bool sampled = valid && ((header[54] - (header[54] >= 'a' ? 'a' - 10 : '0')) & 1) != 0;
  TraceContext context;
  context.traceparent.reserve(55);
  context.traceparent = "00-";
  if (valid)
    context.traceparent.append(header.substr(3, 32));
  else
    append_random_hex(context.traceparent, 16);
  append_random_hex(context.traceparent += '-', 8);
  context.traceparent += sampled ? "-01" : "-00";
  return context;
}

}  // namespace gatehouse::core
