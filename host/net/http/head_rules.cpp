#include "net/http/head_rules.h"

#include <algorithm>
#include <array>

#include "core/text/hex.h"

namespace gatehouse::net {
namespace {

using core::Code;
using core::Status;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
using core::is_hex;
// A leading zero would be octal to some.
bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit) && (text.size() == 1 || text[0] != '0');
}

Status invalid(std::string message, int http_status = 0) {
  Status status(Code::invalid_request, std::move(message));
  status.failure().http_status = http_status;
  return status;
}

// RFC 3986's unreserved and sub-delims.
bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         std::string_view("_~!$&'()*+,;=").find(c) != std::string_view::npos;
}

bool is_reg_name(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%') {
      if (i + 2 >= name.size() || !is_hex(name[i + 1]) || !is_hex(name[i + 2])) return false;
      i += 2;
    } else if (!is_name_char(name[i])) {
      return false;
    }
  }
  return !name.empty();
}

bool is_ip_literal(std::string_view name) {
  return name.size() > 4 && name.front() == '[' && name.back() == ']' &&
         std::all_of(name.begin() + 1, name.end() - 1, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_authority(std::string_view host) {
  std::string_view name = host;
  const auto bracket = host.rfind(']');
  if (const auto colon = host.rfind(':');
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = host.substr(colon + 1);
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return false;
    name = host.substr(0, colon);
  }
  return is_reg_name(name) || is_ip_literal(name);
}

// Fields that frame or route a request, or say who asks: each may stand there once.
constexpr std::array<std::string_view, 10> kSingles = {
    "host",      "content-length", "transfer-encoding", "expect",      "authorization",
    "x-api-key", "api-key",        "x-goog-api-key",    "x-client-id", "content-type"};

struct Singles {
  std::array<const Field*, kSingles.size()> found{};
  std::string_view twice;

  const Field* host() const { return found[0]; }
  const Field* length() const { return found[1]; }
  const Field* encoding() const { return found[2]; }
  const Field* expect() const { return found[3]; }
};

Singles find_singles(const std::vector<Field>& fields) {
  Singles singles;
  for (const Field& field : fields) {
    for (std::size_t i = 0; i < kSingles.size(); ++i) {
      if (!iequals(field.name, kSingles[i])) continue;
      if (singles.found[i] != nullptr) singles.twice = field.name;
      singles.found[i] = &field;
    }
  }
  return singles;
}

Status check_framing(const Head& head, const Singles& found) {
  if (found.length() && found.encoding())
    return invalid("The request has both Content-Length and Transfer-Encoding; send only one.");
  if (found.length() && !is_decimal(found.length()->value))
    return invalid("Content-Length must be one decimal number of digits only, without a leading zero.");
  if (found.encoding()) {
    if (head.version < 11) return invalid("Transfer-Encoding needs HTTP/1.1.");
    if (!iequals(found.encoding()->value, "chunked"))
      return invalid("The only Transfer-Encoding taken is exactly \"chunked\".");
  }
  const bool has_body = found.length() || found.encoding();
  if (!has_body && (head.method == "POST" || head.method == "PUT" || head.method == "PATCH"))
    return invalid(std::string(head.method) + " needs a Content-Length.", 411);
  return {};
}

// Any visible ASCII character but the one that begins a fragment, which is never sent (RFC 9112, section 3.2).
bool is_target_char(char c) { return c > ' ' && c < '\x7f' && c != '#'; }

}  // namespace

Status check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last + 1 == line.size() || last < first + 2)
    return invalid("The request line must be a method, a target and a version, with one blank between them.");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (std::all_of(target.begin(), target.end(), is_target_char)) return {};
  return invalid("The request target holds a character that no URL may hold; write it percent-encoded.");
}

Status check_head(const Head& head) {
  const Singles found = find_singles(head.fields);
  if (!found.twice.empty())
    return invalid("The request has the field " + std::string(found.twice) + " more than once.");
  if (!found.host() && head.version >= 11) return invalid("The request has no Host field.");
  if (found.host() && !is_authority(found.host()->value))
    return invalid("The Host field is not a host with an optional port.");
  GH_TRY(check_framing(head, found));
  if (found.expect() && head.version >= 11 && !iequals(found.expect()->value, "100-continue"))
    return invalid("The only expectation that can be met is 100-continue.", 417);
  const std::string_view path = path_of(head.target);
  if (path.empty() || (path == "*" && head.method != "OPTIONS"))
    return invalid("The request target must be a path that begins with a slash, or an absolute http URL.");
  return {};
}

std::string_view path_of(std::string_view target) {
  if (target == "*" || (!target.empty() && target.front() == '/')) return target;
  const auto scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!iequals(scheme, "http") && !iequals(scheme, "https")) return {};
  const std::string_view rest = target.substr(scheme_end + 3);
  const auto slash = rest.find('/');
  if (!is_authority(rest.substr(0, std::min(slash, rest.find('?'))))) return {};
  return slash == std::string_view::npos ? "/" : rest.substr(slash);
}

bool names_http_version(std::string_view request_line) {
  constexpr std::string_view kName = "HTTP/";
  const auto space = request_line.rfind(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view version = request_line.substr(space + 1);
  return version.size() == 8 && version.starts_with(kName) && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

}  // namespace gatehouse::net
