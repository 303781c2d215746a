#include "modules/staging/file_hash.h"

#include <Poco/Crypto/OpenSSLInitializer.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace gatehouse::modules {

namespace {

// Poco frees OpenSSL's locks with its last user, while another thread may be the first again. So there always is one.
void keep_openssl() { static const Poco::Crypto::OpenSSLInitializer user; }

}  // namespace

Sha256::Sha256() : engine_((keep_openssl(), "SHA256")) {}

core::Result<std::string> sha256_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Sha256 hash;
  std::vector<char> block(64 << 10);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    hash.add(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.eof()) return core::Status(core::Code::config, "cannot read " + file.string() + ": " + std::strerror(errno));
  return hash.hex();
}

}  // namespace gatehouse::modules
