// The keys in the database, for `gatehouse key`. Of a key only its hash is stored. One object, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/request/caller.h"
#include "store/database/database.h"
#include "store/keys/key_hash.h"
#include "store/keys/stored_key.h"

namespace gatehouse::store {

class Keys {
 public:
  Keys(Database& database, const KeyHash& hash) : database_(database), hash_(hash) {}

  struct Created {
    std::string id;
    std::string key;  // shown this once
  };
  // terms.id is given here.
  core::Result<Created> create(core::KeyTerms terms);
  // A new key in place of the old, with the same id, terms and spending.
  core::Result<Created> rotate(const std::string& id);
  core::Status revoke(const std::string& id);
  core::Result<std::vector<StoredKey>> list();  // the oldest first

 private:
  core::Status exists(const std::string& id);

  Database& database_;
  const KeyHash& hash_;
};

}  // namespace gatehouse::store
