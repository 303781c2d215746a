#include "store/keys/keys.h"

#include <Poco/Data/LOB.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Statement.h>

#include <algorithm>
#include <chrono>

#include "core/text/identifier.h"

namespace gatehouse::store {

using namespace Poco::Data::Keywords;
using core::KeyTerms;
using core::Result;
using core::Status;
using Poco::Data::BLOB;

namespace {

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

BLOB blob(const KeyDigest& digest) { return {digest.data(), digest.size()}; }

// A model's alias holds no newline: YAML keys are read as one line.
std::string joined(const std::vector<std::string>& models) {
  std::string text;
  for (const std::string& model : models) text += (text.empty() ? "" : "\n") + model;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> models;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    models.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return models;
}

std::string insert_sql() {
  std::string columns = "id, hash, client, team, models, created, expires, revoked";
  std::string values = "?, ?, ?, ?, ?, ?, ?, 0";
  for (const core::DimensionInfo& dimension : core::kDimensions) {
    columns.append(", ").append(dimension.name);
    values += ", ?";
  }
  return "INSERT INTO keys (" + columns + ") VALUES (" + values + ")";
}

StoredKey key_at(const Poco::Data::RecordSet& rows, std::size_t row) {
  const auto number = [&](const std::string& column) { return rows.value(column, row).convert<Poco::Int64>(); };
  const auto text = [&](const std::string& column) { return rows.value(column, row).convert<std::string>(); };
  StoredKey key;
  key.terms = {text("id"),        text("client"),         split(text("models")), {},
               number("expires"), number("revoked") != 0, text("team")};
  key.terms.limits.per = core::Scope::key;
  for (const core::DimensionInfo& dimension : core::kDimensions) {
    key.terms.limits.*dimension.limit = number(std::string(dimension.name));
  }
  const BLOB hash = rows.value("hash", row).extract<BLOB>();
  std::copy_n(hash.begin(), std::min(hash.size(), key.digest.size()), key.digest.begin());
  key.created = number("created");
  return key;
}

}  // namespace

Result<Keys::Created> Keys::create(KeyTerms terms) try {
  Created created{"key-" + core::random_hex(6), new_key()};
  BLOB hash = blob(hash_(created.key));
  std::string models = joined(terms.models);
  std::int64_t now_seconds = unix_now();
  Poco::Data::Statement insert(database_.session());
  insert << insert_sql(), use(created.id), use(hash), use(terms.client), use(terms.team), use(models), use(now_seconds),
      use(terms.expires);
  for (const core::DimensionInfo& dimension : core::kDimensions) insert, use(terms.limits.*dimension.limit);
  insert.execute();
  return created;
} catch (const std::exception& error) {
  return failed("the key could not be created", error);
}

Result<Keys::Created> Keys::rotate(const std::string& id) try {
  GH_TRY(exists(id));
  Created created{id, new_key()};
  BLOB hash = blob(hash_(created.key));
  database_.session() << "UPDATE keys SET hash = ? WHERE id = ?", use(hash), use(created.id), now;
  return created;
} catch (const std::exception& error) {
  return failed("the key could not be rotated", error);
}

Status Keys::revoke(const std::string& id) try {
  GH_TRY(exists(id));
  std::int64_t now_seconds = unix_now();
  std::string which = id;
  database_.session() << "UPDATE keys SET revoked = ? WHERE id = ?", use(now_seconds), use(which), now;
  return {};
} catch (const std::exception& error) {
  return failed("the key could not be revoked", error);
}

Status Keys::exists(const std::string& id) {
  std::string which = id;
  int live = -1;
  database_.session() << "SELECT revoked = 0 FROM keys WHERE id = ?", use(which), into(live), now;
  if (live < 0)
    return {core::Code::not_found, "there is no key '" + id + "'; `gatehouse key list` shows those there are"};
  if (live == 0) return {core::Code::not_found, "the key '" + id + "' is revoked already"};
  return {};
}

Result<std::vector<StoredKey>> Keys::list() try {
  Poco::Data::Statement select(database_.session());
  select << "SELECT * FROM keys ORDER BY created, id";
  select.execute();
  const Poco::Data::RecordSet rows(select);
  std::vector<StoredKey> keys;
  for (std::size_t row = 0; row < rows.rowCount(); ++row) keys.push_back(key_at(rows, row));
  return keys;
} catch (const std::exception& error) {
  return failed("the keys could not be read", error);
}

}  // namespace gatehouse::store
