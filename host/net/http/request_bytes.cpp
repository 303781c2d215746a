#include "net/http/request_bytes.h"

#include <algorithm>

#include "core/text/header_name.h"
#include "net/http/field_line.h"
#include "net/http/head_rules.h"
#include "net/http/plain_bytes.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kCopiedBody = 16u << 10;  // below this, a copy is cheaper than another send

bool is_value(std::string_view text) {
  return std::none_of(text.begin() + static_cast<std::ptrdiff_t>(plain_length(text)), text.end(),
                      [](char c) { return is_control(c) && c != '\t'; });
}

core::Status append_header(const std::string& name, const std::string& value, std::string& head) {
  using core::Code;
  using core::Status;
  if (!core::is_header_name(name)) return Status(Code::config, "A header for the provider has a name that HTTP does not allow.");
  if (core::frames_request(name)) {
    return Status(Code::config, "The header '" + name + "' for the provider is the gateway's own; remove it.");
  }
  if (!is_value(value)) {
    return Status(Code::config, "The header '" + name +
                                    "' for the provider contains a line break or another control character; check "
                                    "where its value comes from (a key read from a file often ends with one).");
  }
  append_field(head, name, value);
  return {};
}

}  // namespace

core::Result<RequestBytes> request_bytes(const core::UpstreamRequest& request, const Url& url) {
  if (!core::is_header_name(request.method)) return core::Status(core::Code::config, "The provider's request has no valid method.");
  const bool copied = request.body.size() <= kCopiedBody;
  RequestBytes bytes;
  std::string& head = bytes.first;
  head.reserve(1024 + url.target.size() + (copied ? request.body.size() : 0));
  head.append(request.method).append(" ").append(url.target).append(" HTTP/1.1\r\nhost: ").append(url.authority);
  head.append("\r\naccept-encoding: identity\r\n");
  bool named = false;
  for (const auto& [name, value] : request.headers) {
    GH_TRY(append_header(name, value, head));
    named = named || core::same_header(name, "user-agent");
  }
  if (!named) head.append("user-agent: gatehouse/" GATEHOUSE_VERSION "\r\n");
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    head.append("content-length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  head.append("\r\n");
  if (copied) {
    head.append(request.body);
  } else {
    bytes.rest = request.body;
  }
  return bytes;
}

}  // namespace gatehouse::net
