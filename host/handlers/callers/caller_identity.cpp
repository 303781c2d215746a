#include "handlers/callers/caller_identity.h"

#include <algorithm>
#include <chrono>

#include "core/text/header_name.h"
#include "handlers/routing/bearer.h"

namespace gatehouse::handlers {

namespace {

constexpr std::size_t kMaxClientId = 128;

core::Result<std::string_view> credential_of(const net::Request& request) {
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

core::Status not_let_in(const char* message) {
  core::Status status(core::Code::unauthenticated, message);
  status.failure().reason = "invalid_api_key";
  return status;
}

bool expired(const core::KeyTerms& terms) {
  return terms.expires != 0 && terms.expires <= std::chrono::duration_cast<std::chrono::seconds>(
                                                    std::chrono::system_clock::now().time_since_epoch())
                                                    .count();
}

}  // namespace

core::Result<core::Caller> authenticate(const net::Request& request, config::Auth auth, const store::KeyRing& keys) {
  const bool must = auth == config::Auth::keys;
  GH_ASSIGN(const std::string_view credential, credential_of(request));
  if (credential.empty()) {
    if (must) return not_let_in("A key is needed here: send it as 'authorization: Bearer KEY' or 'x-api-key: KEY'");
    return core::Caller{};
  }
  store::KeyRing::Found found = keys.find(credential);
  if (found.terms == nullptr && must) return not_let_in("The key is not known here; ask the operator for one");
  if (found.terms != nullptr && found.terms->revoked) return not_let_in("The key has been revoked");
  if (found.terms != nullptr && expired(*found.terms)) return not_let_in("The key has expired");
  return core::Caller{{}, std::move(found.id), std::move(found.terms)};
}

core::Status read_tags(const limits::Ledger& ledger, const net::Request& request, const core::ChatRequest& question,
                       core::Caller& caller) {
  if (!ledger.asks_for_tags()) return {};
  const core::Member* const metadata = question.member("metadata");
  std::string header;  // its lines are one list
  for (const auto& field : request.headers()) {
    if (core::same_header(field.name, "x-gatehouse-tags")) header.append(field.value).push_back(',');
  }
  GH_ASSIGN(caller.tags,
            core::read_tags(*ledger.tags(), header, metadata != nullptr ? metadata->value : std::string_view()));
  return {};
}

core::Status identify(const net::Request& request, std::string_view claimed, core::Caller& caller) {
  const std::string_view header = request.header("x-client-id");
  const bool printable = std::all_of(header.begin(), header.end(), [](char c) { return c > ' ' && c != 127; });
  if (header.size() > kMaxClientId || !printable) {
    return {core::Code::invalid_request, "The header x-client-id must be 1 to 128 printable ASCII characters"};
  }
  GH_ASSIGN(caller.client_id,
            caller.terms ? core::client_of(*caller.terms, claimed) : core::agree_on_client(header, claimed));
  return {};
}

}  // namespace gatehouse::handlers
