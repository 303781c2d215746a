// What identifies a plugin file: its bytes, not its name or its age. By OpenSSL, which has the processor's own
// instructions for it: a reload hashes every file that is configured.
#pragma once

#include <Poco/Crypto/DigestEngine.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/status.h"

namespace gatehouse::modules {

// SHA-256 of bytes that come in pieces. One thread.
class Sha256 {
 public:
  void add(const char* bytes, std::size_t size) { engine_.update(bytes, size); }
  std::string hex() { return Poco::DigestEngine::digestToHex(engine_.digest()); }  // 64 digits; then it begins anew

 private:
  Poco::Crypto::DigestEngine engine_{"SHA256"};
};

// That of the file's contents. Any thread.
core::Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace gatehouse::modules
