// A secret and a text: what is left of the text holds no telling piece of the secret, and a text that held none is
// left as it was. The first byte is the secret's length.
#include "core/text/mask.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

bool holds_piece(std::string_view text, std::string_view secret) {
  const std::size_t length = std::min(gatehouse::core::kTellingPiece, secret.size());
  for (std::size_t at = 0; at + length <= secret.size(); ++at)
    if (text.find(secret.substr(at, length)) != text.npos) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view secret = bytes.substr(0, std::max<std::size_t>(data[0] % 64, 1));
  const std::string_view text = bytes.substr(secret.size());
  if (secret.find('*') != secret.npos) return 0;  // what is put in its place may then look like it
  std::string masked(text);
  gatehouse::core::mask(masked, secret);
  if (holds_piece(masked, secret)) std::abort();
  if (!holds_piece(text, secret) && masked != text) std::abort();
  (void)gatehouse::core::without_credentials(text);
  return 0;
}
