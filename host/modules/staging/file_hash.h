// The SHA-256 that identifies a plugin file: its bytes count, not its name or its age. OpenSSL computes it with the
// processor's own instructions, as a reload hashes every configured file. One object, one thread.
#pragma once

#include <Poco/Crypto/DigestEngine.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/status.h"

namespace gatehouse::modules {

// Of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  void add(const char* bytes, std::size_t size) { engine_.update(bytes, size); }
  std::string hex() { return Poco::DigestEngine::digestToHex(engine_.digest()); }  // 64 digits; then it begins anew

 private:
  Poco::Crypto::DigestEngine engine_;
};

// Of a file's contents. Any thread.
core::Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace gatehouse::modules
