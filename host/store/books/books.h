// The ledger's part of the database: balances, and who used what. Functions on a connection, for its thread; they
// throw Poco::Exception.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limits/notes.h"
#include "limits/usage_book.h"
#include "store/database/database.h"

namespace gatehouse::store {

inline constexpr std::int64_t kForgotten = 3'600'000'000'000;  // nanoseconds after which a full bucket is forgotten
// Of a bucket's balance, when it will be full again: unix time in nanoseconds, as an expression of SQL.
inline constexpr const char* kFullAt = "(unix_ns + CAST(spent AS REAL) / max(most, 1) * 6e10)";

// The balances that still matter at that time: those of periods that are over do not.
std::vector<limits::Balance> read_balances(Database& database, std::int64_t unix_ns);

// Writes both in one transaction: balances replace the earlier ones, usage is added to the earlier usage.
void write_books(Database& database, std::span<const limits::Balance> balances,
                 std::span<const limits::UsageLine> usage);

// Adds usage to the earlier usage. REQUIRES: a transaction.
void add_usage(Database& database, std::span<const limits::UsageLine> usage);
// The scope and the dimension of a row; false: it was written by another version.
bool read_names(std::string_view scope, std::string_view dimension, limits::Balance& balance);

}  // namespace gatehouse::store
