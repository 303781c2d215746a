// How a key is stored: as a hash that only this installation can compute, with a secret in a file of its own. A stolen
// database gives neither usable keys nor a way to test guesses. Immutable; any thread.
#pragma once

#include <nettle/hmac.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::store {

using KeyDigest = std::array<std::uint8_t, 32>;

class KeyHash {
 public:
  // Reads data_dir/key.secret; makes it, for its owner's eyes only, when there is none. One of our own that others may
  // read becomes private again: volumes of Kubernetes are handed to a group at each mount.
  static core::Result<KeyHash> open(const std::string& data_dir);
  // Only reads it; none when there is none.
  static core::Result<std::optional<KeyHash>> look(const std::string& data_dir);
  explicit KeyHash(const std::string& secret);

  KeyDigest operator()(std::string_view credential) const;  // HMAC-SHA256
  // What a database may hold to know the secret again by.
  std::string fingerprint() const;

 private:
  hmac_sha256_ctx keyed_;  // once it has taken the secret in
};

constexpr std::string_view kKeyBegins = "gh-";

// A fresh key: kKeyBegins and 43 random characters.
std::string new_key();

}  // namespace gatehouse::store
