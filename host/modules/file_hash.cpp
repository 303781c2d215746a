#include "modules/file_hash.h"

#include <Poco/SHA2Engine.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

namespace gatehouse::modules {

core::Result<std::string> sha256_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  std::vector<char> block(64 << 10);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    engine.update(block.data(), static_cast<unsigned>(in.gcount()));
  }
  if (!in.eof()) return core::Status(core::Code::config, "cannot read " + file.string() + ": " + std::strerror(errno));
  return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace gatehouse::modules
