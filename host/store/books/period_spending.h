// What a limit that is added in the middle of a day or month begins with: what the usage of the period says. Functions
// on a connection, for its thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/money/limit_rule.h"
#include "limits/accounts/moment.h"
#include "limits/ledger.h"
#include "limits/notes.h"
#include "store/database/database.h"

namespace gatehouse::store {

// A limit that begins anew with the calendar, as it is configured; never a key's own, nor one by the hour, of which the
// usage knows nothing.
struct PeriodLimit {
  core::Scope scope;
  core::Dimension dimension;
  const core::Calendar* calendar = &core::Calendar::utc();
  std::string label = {};  // of its line

  bool operator==(const PeriodLimit&) const = default;
};

// Those in force.
std::vector<PeriodLimit> period_limits(const limits::Ledger& ledger);

// By name, what was spent under it in the present period, as balances; by whole days of UTC. Of tags and providers the
// usage knows nothing; a key's team is the one it has now. Throws Poco::Exception.
std::vector<limits::Balance> period_spending(Database& database, const limits::Ledger& ledger,
                                             const PeriodLimit& limit);

// The same for several, on a connection of its own; any thread.
core::Result<std::vector<limits::Balance>> period_spending_of(const std::string& data_dir,
                                                              std::span<const PeriodLimit> limits,
                                                              const limits::Ledger& ledger);

}  // namespace gatehouse::store
