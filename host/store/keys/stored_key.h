// One row of the keys' table. A value.
#pragma once

#include <cstdint>

#include "core/request/caller.h"
#include "store/keys/key_hash.h"

namespace gatehouse::store {

struct StoredKey {
  core::KeyTerms terms;
  KeyDigest digest{};
  std::int64_t created = 0;  // unix seconds
};

}  // namespace gatehouse::store
