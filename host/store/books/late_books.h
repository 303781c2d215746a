// The table through which a gateway that was replaced tells its successor what its last exchanges spend: rows that are
// added by the one, and taken away by the other. Functions on a connection, for its thread; they throw Poco::Exception.
#pragma once

#include <span>
#include <vector>

#include "limits/notes.h"
#include "limits/usage_book.h"
#include "store/database/database.h"

namespace gatehouse::store {

// Makes the table where there is none.
void open_late_books(Database& database);
// Adds both in one transaction: the differences for the successor, the usage to the earlier usage.
void write_late(Database& database, std::span<const limits::Balance> differences,
                std::span<const limits::UsageLine> usage);
// Takes all differences away.
std::vector<limits::Balance> take_late(Database& database);

}  // namespace gatehouse::store
