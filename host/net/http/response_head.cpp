#include "net/http/response_head.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <charconv>
#include <ctime>

#include "net/http/field_line.h"
#include "net/http/head_rules.h"

namespace gatehouse::net {
namespace {

bool is_our_answer_field(std::string_view name) {
  for (const std::string_view ours : {"connection", "content-length", "transfer-encoding", "date"})
    if (iequals(name, ours)) return true;
  return false;
}

// One formatting per second and thread.
std::string_view date_line() {
  thread_local std::time_t written_for = 0;
  thread_local std::string line;
  if (const std::time_t now = std::time(nullptr); now != written_for) {
    line = "date: ";
    Poco::DateTimeFormatter::append(line, Poco::Timestamp::fromEpochTime(now), Poco::DateTimeFormat::HTTP_FORMAT);
    line += "\r\n";
    written_for = now;
  }
  return line;
}

}  // namespace

void append_status_line(std::string& out, int status, std::string_view reason) {
  char digits[12];
  const auto end = std::to_chars(digits, digits + sizeof digits, status).ptr;
  out.append("HTTP/1.1 ").append(digits, static_cast<std::size_t>(end - digits)).append(" ");
  append_clean(out, reason);
  out.append("\r\n");
}

void append_date(std::string& out) { out.append(date_line()); }

void append_fields(std::string& out, const Poco::Net::HTTPResponse& response) {
  for (const auto& [name, value] : response)
    if (!is_our_answer_field(name)) append_field(out, name, value);
}

}  // namespace gatehouse::net
