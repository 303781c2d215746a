// Reads who used what from the database, a page at a time. Each look at the database is short, a day or a few hundred
// spenders, so that whoever writes meanwhile waits for milliseconds; what is booked in between may stand on a later
// page. Functions on a connection, for its thread; they throw Poco::Exception.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "limits/usage_book.h"
#include "store/database/database.h"

namespace gatehouse::store {

// Where a line stands among all others: lines come by day, client, key and model, as far as these are told apart.
struct UsagePlace {
  std::int32_t day = 0;
  std::string client, key, model;

  bool operator==(const UsagePlace&) const = default;
};

// Which lines to add up, by which columns, and which page of them.
struct UsageQuestion {
  static constexpr std::size_t kPage = 100;      // lines, where nothing is said
  static constexpr std::size_t kMost = 1'000;    // lines of a page
  static constexpr std::size_t kBytes = 900'000;  // of a page, in which names may be long

  std::int32_t since = 0;  // days since 1970; both days count
  std::int32_t until = std::numeric_limits<std::int32_t>::max();
  bool by_day = false, by_client = false, by_key = false, by_model = false;
  std::optional<std::string> client, key, model;  // only theirs
  std::size_t limit = kPage;
  std::optional<UsagePlace> after;  // the last line of the page before
};

struct UsagePage {
  std::vector<limits::UsageLine> lines;
  bool more = false;  // after the last line
};

UsagePage read_usage(Database& database, const UsageQuestion& question);

}  // namespace gatehouse::store
