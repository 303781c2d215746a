// Reports who used what, for the command line and for the running gateway. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "store/books/books.h"

namespace gatehouse::store {

// since: "YYYY-MM-DD", empty for thirty days ago; by: of day, client, key and model, separated by
// commas, empty for all.
core::Result<UsageQuestion> usage_question(const std::string& since, std::string_view by, std::int32_t today);

// Opens a connection of its own; any thread.
core::Result<std::vector<limits::UsageLine>> usage_of(const std::string& data_dir, const UsageQuestion& question);

std::string usage_json(const std::vector<limits::UsageLine>& lines, const UsageQuestion& question);


}  // namespace gatehouse::store
