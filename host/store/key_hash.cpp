#include "store/key_hash.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <utility>

#include "core/lane.h"

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
  // Fails only where the system gives no randomness, and then nothing secret can be made at all.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) throw std::bad_alloc();
  return bytes;
}

// Linked into place when complete, so that of two processes that start at once both use the first's.
Status make(const std::string& path) {
  const std::string draft = path + "." + std::to_string(getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return cannot(draft, "created");
  const std::string secret = random_bytes(kSecretBytes);
  const bool written =
      ::write(file, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) && ::fsync(file) == 0;
  ::close(file);
  const Status status = !written                                                      ? cannot(draft, "written")
                        : ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST ? cannot(path, "created")
                                                                                      : Status();
  ::unlink(draft.c_str());
  return status;
}

}  // namespace

Result<KeyHash> KeyHash::open(const std::string& data_dir) {
  const std::string path = (std::filesystem::path(data_dir) / "key.secret").string();
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    GH_TRY(make(path));
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (file < 0) return cannot(path, "read");
  struct stat info {};
  std::string secret(kSecretBytes, '\0');
  const bool whole = ::fstat(file, &info) == 0 && ::read(file, secret.data(), secret.size()) == kSecretBytes;
  ::close(file);
  if (!whole) return Status(Code::config, path + " is damaged: restore it, or delete it and create every key anew");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Status(Code::config, path + " can be read by others; run: chmod 600 " + path);
  }
  return KeyHash(secret);
}

// OpenSSL's context once it has taken the secret in, and one copy for each lane: to use a copy again costs a third
// of making another.
class KeyHash::Contexts {
 public:
  using Context = std::unique_ptr<EVP_MAC_CTX, void (*)(EVP_MAC_CTX*)>;

  explicit Contexts(const std::string& secret) : keyed_(nullptr, EVP_MAC_CTX_free) {
    const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> hmac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr),
                                                            EVP_MAC_free);
    char sha256[] = "SHA256";
    const OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0),
                                 OSSL_PARAM_construct_end()};
    keyed_.reset(EVP_MAC_CTX_new(hmac.get()));
    must(keyed_ != nullptr &&
         EVP_MAC_init(keyed_.get(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest) == 1);
  }
  ~Contexts() {
    for (auto& spare : spares_) EVP_MAC_CTX_free(spare.load());
  }

  // One that is the caller's alone, to begin with.
  Context take() {
    Context context(spares_[core::lane()].exchange(nullptr), EVP_MAC_CTX_free);
    if (context == nullptr)
      context.reset(EVP_MAC_CTX_dup(keyed_.get()));
    else
      must(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);
    must(context != nullptr);
    return context;
  }
  void put(Context context) { context.reset(spares_[core::lane()].exchange(context.release())); }

  // False only where there is no memory, or no OpenSSL to speak of.
  static void must(bool done) {
    if (!done) throw std::bad_alloc();
  }

 private:
  Context keyed_;
  std::array<std::atomic<EVP_MAC_CTX*>, core::kLanes> spares_{};
};

KeyHash::KeyHash(const std::string& secret) : contexts_(std::make_shared<Contexts>(secret)) {}

KeyDigest KeyHash::operator()(std::string_view credential) const {
  Contexts::Context context = contexts_->take();
  KeyDigest digest;
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(credential.data());
  Contexts::must(EVP_MAC_update(context.get(), bytes, credential.size()) == 1 &&
                 EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1);
  contexts_->put(std::move(context));
  return digest;
}

std::string new_key() {
  const std::string bytes = random_bytes(33);
  unsigned char text[45];
  EVP_EncodeBlock(text, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  std::string key(reinterpret_cast<const char*>(text), 43);
  for (char& c : key) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return std::string(kKeyBegins) + key;
}

}  // namespace gatehouse::store
