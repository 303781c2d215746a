// Puts away what is over, so that the database stays small. Functions on a connection, for its thread; they throw
// Poco::Exception.
#pragma once

#include <cstdint>

#include "limits/accounts/moment.h"
#include "store/database/database.h"

namespace gatehouse::store {

// Deletes balances of periods before the last one, buckets that remember nothing, and usage of days before
// `first_day` (since 1970, UTC): some of each at a time, so that nobody has to wait for it. True: there may be more.
bool put_away(Database& database, const limits::Moment& now, std::int32_t first_day);

}  // namespace gatehouse::store
