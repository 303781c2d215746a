#include "net/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "net/head_rules.h"
#include "net/plain_bytes.h"

namespace gatehouse::net {
namespace {

bool is_ours(std::string_view name) {
  for (const std::string_view ours : {"connection", "content-length", "transfer-encoding", "date"})
    if (iequals(name, ours)) return true;
  return false;
}

bool is_clean(std::string_view text) { return plain_length(text) == text.size(); }

void append_clean(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.append(text);
  for (std::size_t at = begin + plain_length(text); at < out.size(); ++at)
    if (out[at] == '\r' || out[at] == '\n' || out[at] == '\0') out[at] = ' ';
}

// One formatting per second and thread.
std::string_view date_line() {
  thread_local std::time_t written_for = 0;
  thread_local std::array<char, 40> line;
  thread_local std::size_t size = 0;
  if (const std::time_t now = std::time(nullptr); now != written_for) {
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    size = std::strftime(line.data(), line.size(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    written_for = now;
  }
  return {line.data(), size};
}

}  // namespace

void append_status_line(std::string& out, int status, std::string_view reason) {
  char digits[12];
  const auto end = std::to_chars(digits, digits + sizeof digits, status).ptr;
  out.append("HTTP/1.1 ").append(digits, static_cast<std::size_t>(end - digits)).append(" ");
  append_clean(out, reason);
  out.append("\r\n");
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

void append_date(std::string& out) { out.append(date_line()); }

void append_fields(std::string& out, const Poco::Net::HTTPResponse& response) {
  for (const auto& [name, value] : response)
    if (!is_ours(name)) append_field(out, name, value);
}

}  // namespace gatehouse::net
