// How a key is stored: as a hash that only this installation can compute, with a secret in a file of its own. A stolen
// database gives neither usable keys nor a way to test guesses. Immutable; any thread.
#pragma once

#include <nettle/hmac.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::store {

using KeyDigest = std::array<std::uint8_t, 32>;

class KeyHash {
 public:
  // Reads data_dir/key.secret; makes it, for its owner's eyes only, when there is none.
  static core::Result<KeyHash> open(const std::string& data_dir);
  explicit KeyHash(const std::string& secret);

  KeyDigest operator()(std::string_view credential) const;  // HMAC-SHA256

 private:
  hmac_sha256_ctx keyed_;  // once it has taken the secret in
};

constexpr std::string_view kKeyBegins = "gh-";

// A fresh key: kKeyBegins and 43 random characters.
std::string new_key();

}  // namespace gatehouse::store
