#include "store/key_ring.h"

#include <openssl/crypto.h>

#include <cstring>
#include <mutex>

namespace gatehouse::store {

std::size_t KeyRing::FirstBytes::operator()(const KeyDigest& digest) const {
  std::size_t first;
  std::memcpy(&first, digest.data(), sizeof first);
  return first;
}

bool KeyRing::EqualInConstantTime::operator()(const KeyDigest& a, const KeyDigest& b) const {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

KeyRing::Found KeyRing::find(std::string_view credential) const {
  const KeyDigest digest = hash_(credential);
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = keys_.find(digest); found != keys_.end()) return {found->second->id, found->second};
  }
  Found unknown;
  unknown.id.resize(16);
  for (std::size_t i = 0; i < unknown.id.size(); ++i)
    unknown.id[i] = "0123456789abcdef"[i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15];
  return unknown;
}

void KeyRing::replace(const std::vector<StoredKey>& keys) {
  Map map;
  map.reserve(keys.size());
  for (const StoredKey& key : keys) map.emplace(key.digest, std::make_shared<const core::KeyTerms>(key.terms));
  const std::lock_guard lock(mutex_);
  keys_.swap(map);
}

}  // namespace gatehouse::store
