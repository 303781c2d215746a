#include "store/keys/key_hash.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>

#include "core/text/base64.h"
#include "core/descriptor.h"
#include "core/text/hex.h"
#include "store/database/damage.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t kSecretBytes = 32;

Status cannot(const std::string& path, const char* what) {
  return {Code::config, path + " cannot be " + what + ": " + std::strerror(errno)};
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Fails only if the system has no randomness to give; then no secret can be made at all.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) throw std::bad_alloc();
  return bytes;
}

// Links the file into place when it is complete: two processes that start at once then both use the first's.
Status make(const std::string& path) {
  const std::string draft = path + "." + std::to_string(getpid());
  core::Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.valid()) return cannot(draft, "created");
  const std::string secret = random_bytes(kSecretBytes);
  const bool written =
      ::write(file.get(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
      ::fsync(file.get()) == 0;
  file.close();
  const Status status = !written                                                      ? cannot(draft, "written")
                        : ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST ? cannot(path, "created")
                                                                                      : Status();
  ::unlink(draft.c_str());
  return status;
}

enum class Mend : bool { no, yes };

// Others must not read it. Its owner, when that is us, may change that.
Status check_private(int file, const std::string& path, Mend mend) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return cannot(path, "read");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  if (info.st_uid == ::geteuid() && (mend == Mend::no || ::fchmod(file, S_IRUSR | S_IWUSR) == 0)) return {};
  return {Code::config, path + " can be read by others; run: chmod 600 " + path};
}

// None when there is no file.
Result<std::optional<KeyHash>> read(const std::string& path, Mend mend) {
  const core::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) return std::optional<KeyHash>();
  if (!file.valid()) return cannot(path, "read");
  std::string secret(kSecretBytes + 1, '\0');
  if (::read(file.get(), secret.data(), secret.size()) != kSecretBytes) return damaged(path + " is damaged");
  GH_TRY(check_private(file.get(), path, mend));
  secret.resize(kSecretBytes);
  return std::optional<KeyHash>(KeyHash(secret));
}

std::string secret_path(const std::string& data_dir) { return (std::filesystem::path(data_dir) / "key.secret").string(); }

}  // namespace

Result<std::optional<KeyHash>> KeyHash::look(const std::string& data_dir) { return read(secret_path(data_dir), Mend::no); }

Result<KeyHash> KeyHash::open(const std::string& data_dir) {
  const std::string path = secret_path(data_dir);
  GH_ASSIGN(std::optional<KeyHash> hash, read(path, Mend::yes));
  if (!hash) {
    GH_TRY(make(path));
    GH_ASSIGN(hash, read(path, Mend::yes));
  }
  if (!hash) return Status(Code::config, path + " vanished as it was made");
  return *hash;
}

KeyHash::KeyHash(const std::string& secret) {
  hmac_sha256_set_key(&keyed_, secret.size(), reinterpret_cast<const std::uint8_t*>(secret.data()));
}

KeyDigest KeyHash::operator()(std::string_view credential) const {
  hmac_sha256_ctx context = keyed_;
  KeyDigest digest;
  hmac_sha256_update(&context, credential.size(), reinterpret_cast<const std::uint8_t*>(credential.data()));
  hmac_sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

std::string KeyHash::fingerprint() const { return core::hex((*this)("fingerprint")); }

std::string new_key() {
  std::string key = core::base64(random_bytes(33)).substr(0, 43);
  for (char& c : key) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return std::string(kKeyBegins) + key;
}

}  // namespace gatehouse::store
