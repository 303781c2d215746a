// All keys, in memory: a request finds its key with one hash and one look-up, and an unknown key costs no more.
// Replaced whole when the database changes. Thread-safe.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/request/caller.h"
#include "store/keys/key_hash.h"
#include "store/keys/stored_key.h"

namespace gatehouse::store {

class KeyRing {
 public:
  explicit KeyRing(const KeyHash& hash) : KeyRing(hash, hash) {}
  // strangers: gives unknown keys their ids. Gateways that share limits have the same one, so that each of them counts
  // a stranger's requests as the same stranger's.
  KeyRing(const KeyHash& hash, const KeyHash& strangers) : hash_(hash), strangers_(strangers) {}

  struct Found {
    std::string id;                               // of a known key its own, else a piece of its hash for strangers
    std::shared_ptr<const core::KeyTerms> terms;  // nullptr: unknown
  };
  Found find(std::string_view credential) const;

  // Of a known key; nullptr: there is none. Looks through all keys.
  std::shared_ptr<const core::KeyTerms> by_id(std::string_view id) const;
  // Of every key that has limits of its own, by id.
  std::vector<std::shared_ptr<const core::KeyTerms>> with_limits() const;

  void replace(const std::vector<StoredKey>& keys);
  const KeyHash& hash() const { return hash_; }

 private:
  // The digest is as random as a hash can be.
  struct FirstBytes {
    std::size_t operator()(const KeyDigest& digest) const;
  };
  // Compares in constant time. The digest is keyed, so timing would not reveal the key; hiding it costs nothing.
  struct EqualInConstantTime {
    bool operator()(const KeyDigest& a, const KeyDigest& b) const;
  };
  using Map = std::unordered_map<KeyDigest, std::shared_ptr<const core::KeyTerms>, FirstBytes, EqualInConstantTime>;

  KeyHash hash_;
  KeyHash strangers_;
  mutable std::shared_mutex mutex_;  // not an atomic shared_ptr: gcc 12's lets readers and writer race
  Map keys_;
};

}  // namespace gatehouse::store
