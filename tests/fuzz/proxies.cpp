// What proxies and strangers say about where a request comes from: the answer is always an address, a peer that is no
// trusted proxy is taken for what it is, and nothing matters that stands left of the first stranger's address. The
// first byte chooses the field and the peer.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "handlers/routing/client_address.h"
#include "made_request.h"

namespace {

using gatehouse::core::AddressRanges;

AddressRanges proxies() {
  AddressRanges ranges;
  if (!ranges.add("10.0.0.0/8") || !ranges.add("2001:db8:1::/48")) std::abort();
  return ranges;
}

// Empty: the request was refused.
std::string address(const std::string& fields, const char* peer) {
  static const AddressRanges trusted = proxies();
  const gatehouse::fuzz::MadeRequest made("host: a\r\n" + fields, peer);
  if (made.get() == nullptr) return {};
  std::string found = gatehouse::handlers::client_address(*made.get(), trusted);
  if (gatehouse::core::canonical_address(found) != found) std::abort();
  if (!trusted.contains(peer) && found != peer) std::abort();
  return trusted.contains(found) ? std::string() : found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string value(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool forwarded = (data[0] & 1) != 0;
  const std::string field = forwarded ? "forwarded: " : "x-forwarded-for: ";
  const char* peer = (data[0] & 2) != 0 ? "203.0.113.9" : "10.1.2.3";
  const std::string found = address(field + value, peer);
  if (found.empty()) return 0;
  const std::string lie = forwarded ? "for=198.51.100.7, " : "198.51.100.7, ";
  const std::string lied_to = address(field + lie + value, peer);
  if (!lied_to.empty() && lied_to != found) std::abort();
  return 0;
}
