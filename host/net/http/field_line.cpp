#include "net/http/field_line.h"

#include <algorithm>

#include "net/http/plain_bytes.h"

namespace gatehouse::net {
namespace {

bool is_clean(std::string_view text) { return plain_length(text) == text.size(); }

}  // namespace

void append_clean(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.append(text);
  for (std::size_t at = begin + plain_length(text); at < out.size(); ++at)
    if (out[at] == '\r' || out[at] == '\n' || out[at] == '\0') out[at] = ' ';
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  constexpr std::size_t kShort = 120;  // put together first: one append costs less than four
  if (name.size() + value.size() <= kShort && is_clean(name) && is_clean(value)) {
    char field[kShort + 4];
    char* end = std::copy(name.begin(), name.end(), field);
    *end++ = ':';
    *end++ = ' ';
    end = std::copy(value.begin(), value.end(), end);
    *end++ = '\r';
    *end++ = '\n';
    out.append(field, static_cast<std::size_t>(end - field));
    return;
  }
  append_clean(out, name);
  out.append(": ");
  append_clean(out, value);
  out.append("\r\n");
}

}  // namespace gatehouse::net
