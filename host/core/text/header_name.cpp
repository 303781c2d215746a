#include "core/text/header_name.h"

#include <Poco/Ascii.h>

#include <algorithm>
#include <array>

namespace gatehouse::core {
namespace {

constexpr auto kTokenBytes = [] {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  std::array<bool, 256> is{};
  for (unsigned c = 0; c < is.size(); ++c) {
    is[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c < 0x80 && kPunctuation.find(static_cast<char>(c)) != kPunctuation.npos);
  }
  return is;
}();

}  // namespace

bool is_header_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return kTokenBytes[c]; });
}

bool same_header(std::string_view name, std::string_view other) {
  return std::equal(name.begin(), name.end(), other.begin(), other.end(), [](unsigned char a, unsigned char b) {
    return Poco::Ascii::toLower(a) == Poco::Ascii::toLower(b);
  });
}

bool frames_request(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kFraming = {
      "host", "content-length", "transfer-encoding", "connection",     "upgrade", "expect",
      "te",   "trailer",        "keep-alive",        "accept-encoding"};
  return std::any_of(kFraming.begin(), kFraming.end(), [&](std::string_view one) { return same_header(name, one); });
}

}  // namespace gatehouse::core
