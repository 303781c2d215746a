#include "store/keys/key_ring.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <span>

#include "core/text/hex.h"

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
  const KeyDigest shown = strangers_(credential);
  return {core::hex(std::span(shown).first(8)), nullptr};
}

std::shared_ptr<const core::KeyTerms> KeyRing::by_id(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.second->id == id; });
  return found == keys_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const core::KeyTerms>> KeyRing::with_limits() const {
  std::vector<std::shared_ptr<const core::KeyTerms>> terms;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [digest, key] : keys_) {
      if (core::limits_anything(key->limits)) terms.push_back(key);
    }
  }
  std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  return terms;
}

void KeyRing::replace(const std::vector<StoredKey>& keys) {
  Map map;
  map.reserve(keys.size());
  for (const StoredKey& key : keys) map.emplace(key.digest, std::make_shared<const core::KeyTerms>(key.terms));
  const std::lock_guard lock(mutex_);
  keys_.swap(map);
}

}  // namespace gatehouse::store
