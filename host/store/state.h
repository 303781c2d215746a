// The state in data_dir as a whole: the secret that keys are hashed with, and the database of keys, balances and usage.
// Each is worth little without the other, and what is there of one tells what was there of the other: what is lost is
// said, never quietly begun anew. Functions on files; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/status.h"
#include "store/database/database.h"
#include "store/keys/key_hash.h"

namespace gatehouse::store {

struct State {
  KeyHash hash;
  std::unique_ptr<Database> database;
};

// Opens both, and makes both where no gateway has worked before. config: a part is gone, empty, damaged or another
// gateway's; the sentence says what to do. REQUIRES: data_dir exists.
core::Result<State> open_state(const std::string& data_dir);

// The same for reading only; nothing when no gateway has worked here. It changes nothing. overloaded: see
// Database::look.
core::Result<std::optional<State>> look_at_state(const std::string& data_dir);

// The database again, when its file is back. It is never made.
core::Result<std::unique_ptr<Database>> reopen_database(const std::string& data_dir, const KeyHash& hash);

// Sets aside what is left of a state that open_state() refuses, as NAME.lost-<time>, and begins anew without keys,
// balances and usage. Returns what was moved. config: the state is sound. REQUIRES: the caller holds the DataDirLock.
core::Result<std::vector<std::string>> begin_anew(const std::string& data_dir);

}  // namespace gatehouse::store
