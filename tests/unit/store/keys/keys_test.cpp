#include "store/keys/keys.h"

#include <fstream>
#include <iterator>

#include "store/data_folder.h"
#include "store/open_database.h"
#include "store/bookkeeper.h"
#include "store/keys/key_ring.h"

namespace gatehouse::store {
namespace {

using core::KeyTerms;

KeyTerms terms_of(const std::string& client) {
  return {"",
          client,
          {"a", "b"},
          {.per = core::Scope::key,
           .requests_per_minute = 1,
           .tokens_per_minute = 2,
           .concurrent = 3,
           .tokens_per_day = 4,
           .dollars_per_day = 5,
           .dollars_per_month = 6},
          77,
          false};
}

class KeysTest : public testing::Test {
 protected:
  std::string stored_bytes() const {
    std::ifstream file(folder_.file("gatehouse.db"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  DataFolder folder_;
  const KeyHash hash_ = *KeyHash::open(folder_.text());
  std::unique_ptr<Database> database_ = open_database(folder_.text());
  Keys keys_{*database_, hash_};
};

TEST_F(KeysTest, ComeBackAsTheyWereCreated) {
  const auto created = keys_.create(terms_of("web"));
  ASSERT_TRUE(created.ok()) << created.status().message();
  const auto list = keys_.list();
  ASSERT_TRUE(list.ok()) << list.status().message();
  ASSERT_EQ(list->size(), 1u);
  const StoredKey& key = list->front();
  EXPECT_EQ(key.terms.id, created->id);
  EXPECT_EQ(key.terms.client, "web");
  EXPECT_EQ(key.terms.models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(key.terms.limits, terms_of("").limits);
  EXPECT_EQ(key.terms.expires, 77);
  EXPECT_FALSE(key.terms.revoked);
  EXPECT_EQ(key.digest, hash_(created->key));
}

TEST_F(KeysTest, AreStoredAsAHashOnly) {
  const auto created = keys_.create(terms_of("web"));
  ASSERT_TRUE(created.ok());
  EXPECT_EQ(created->key.size(), 46u);
  EXPECT_NE(stored_bytes().find("web"), std::string::npos);
  EXPECT_EQ(stored_bytes().find(created->key), std::string::npos);
  EXPECT_EQ(stored_bytes().find(created->key.substr(3, 16)), std::string::npos);
}

TEST_F(KeysTest, RotateKeepsTheIdAndChangesTheKey) {
  const auto first = keys_.create(terms_of("web"));
  const auto second = keys_.rotate(first->id);
  ASSERT_TRUE(second.ok()) << second.status().message();
  EXPECT_EQ(second->id, first->id);
  EXPECT_NE(second->key, first->key);
  EXPECT_EQ(keys_.list()->front().digest, hash_(second->key));
}

TEST_F(KeysTest, RevokedStaysRevokedAndUnknownIsSaid) {
  const auto created = keys_.create(terms_of("web"));
  EXPECT_TRUE(keys_.revoke(created->id).ok());
  EXPECT_TRUE(keys_.list()->front().terms.revoked);
  EXPECT_EQ(keys_.revoke(created->id).code(), core::Code::not_found);
  EXPECT_EQ(keys_.rotate(created->id).status().code(), core::Code::not_found);
  EXPECT_EQ(keys_.revoke("key-none").code(), core::Code::not_found);
}

TEST_F(KeysTest, TheRingKnowsWhatItWasGiven) {
  KeyRing ring(hash_);
  const auto created = keys_.create(terms_of("web"));
  EXPECT_EQ(ring.find(created->key).terms, nullptr);
  ring.replace(*keys_.list());
  const KeyRing::Found found = ring.find(created->key);
  ASSERT_NE(found.terms, nullptr);
  EXPECT_EQ(found.id, created->id);
  EXPECT_EQ(found.terms->client, "web");
  const KeyRing::Found unknown = ring.find(created->key + "x");
  EXPECT_EQ(unknown.terms, nullptr);
  EXPECT_EQ(unknown.id.size(), 16u);
  EXPECT_NE(unknown.id, ring.find("another").id);
}

TEST_F(KeysTest, TheBookkeeperNoticesWhatAnotherConnectionDoes) {
  KeyRing ring(hash_);
  limits::Ledger ledger;
  Bookkeeper watch(open_database(folder_.text()), ring, ledger);
  ASSERT_TRUE(watch.load().ok());
  watch.start();
  const auto created = keys_.create(terms_of("web"));
  EXPECT_TRUE(eventually([&] { return ring.find(created->key).terms != nullptr; }));
  EXPECT_TRUE(keys_.revoke(created->id).ok());
  EXPECT_TRUE(eventually([&] { return ring.find(created->key).terms->revoked; }));
  watch.stop();
}

TEST_F(KeysTest, ADatabaseOfANewerGatehouseIsLeftAlone) {
  database_->run("PRAGMA user_version = 1000");
  const auto refused = Database::open(folder_.text());
  EXPECT_EQ(refused.status().code(), core::Code::config);
  EXPECT_NE(refused.status().message().find("newer"), std::string::npos) << refused.status().message();
}

}  // namespace
}  // namespace gatehouse::store
