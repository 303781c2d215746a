#include "core/text/base64.h"

#include <openssl/evp.h>

namespace gatehouse::core {

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind it
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  const std::size_t last = text.find_last_not_of('=');
  const std::size_t padding = last == text.npos ? text.size() : text.size() - 1 - last;
  const bool pure = text.find_first_of("= \t\r\n") >= text.size() - padding;  // OpenSSL skips white space
  if (text.size() % 4 != 0 || padding > 2 || !pure) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);  // OpenSSL counts the padding
  return bytes;
}

}  // namespace gatehouse::core
