// Reports who used what, for the command line and for the running gateway. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/status.h"
#include "store/books/usage_cursor.h"
#include "store/books/usage_pages.h"

namespace gatehouse::store {

// What was asked for, as text; empty: not given.
struct UsageTerms {
  std::string since;  // "YYYY-MM-DD"; thirty days ago
  std::string until;  // the same; today
  std::string by;     // of day, client, key and model, separated by commas; all
  std::string client, key, model;
  std::string limit;  // 1 to UsageQuestion::kMost
  std::string after;  // usage_cursor() of the page before, for the same question
};
// invalid_request names the term that is at fault.
core::Result<UsageQuestion> usage_question(const UsageTerms& terms, std::int32_t today);

// Opens a connection of its own; any thread.
core::Result<UsagePage> usage_of(const std::string& data_dir, const UsageQuestion& question);

std::string usage_json(const UsagePage& page, const UsageQuestion& question);

}  // namespace gatehouse::store
