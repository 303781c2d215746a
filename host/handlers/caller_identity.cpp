#include "handlers/caller_identity.h"

#include <openssl/sha.h>
#include <strings.h>

#include <algorithm>

namespace gatehouse::handlers {

namespace {

constexpr std::size_t kMaxClientId = 128;

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  const bool is_bearer =
      authorization.size() > kScheme.size() && strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) == 0;
  return is_bearer ? authorization.substr(kScheme.size()) : std::string_view();
}

core::Result<std::string_view> credential(const net::Request& request) {
  std::string_view found;
  for (const std::string_view given : {bearer(request.header("authorization")), request.header("x-api-key"),
                                       request.header("api-key"), request.header("x-goog-api-key")}) {
    if (given.empty() || given == found) continue;
    if (!found.empty()) {
      return core::Status(core::Code::invalid_request, "The request carries two different credentials; send only one");
    }
    found = given;
  }
  return found;
}

// Enough of a hash to tell keys apart, and not the key.
std::string key_id(std::string_view credential) {
  if (credential.empty()) return {};
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(credential.data()), credential.size(), digest);
  std::string id;
  for (int i = 0; i < 8; ++i) {
    id += "0123456789abcdef"[digest[i] >> 4];
    id += "0123456789abcdef"[digest[i] & 15];
  }
  return id;
}

}  // namespace

core::Result<core::Caller> identify(const net::Request& request, std::string_view claimed) {
  core::Result<std::string_view> key = credential(request);
  if (!key.ok()) return key.status();
  const std::string_view header = request.header("x-client-id");
  const bool printable = std::all_of(header.begin(), header.end(), [](char c) { return c > ' ' && c != 127; });
  if (header.size() > kMaxClientId || !printable) {
    return core::Status(core::Code::invalid_request,
                        "The header x-client-id must be 1 to 128 printable ASCII characters");
  }
  core::Result<std::string> client = core::agree_on_client(header, claimed);
  if (!client.ok()) return client.status();
  return core::Caller{*std::move(client), key_id(*key)};
}

}  // namespace gatehouse::handlers
