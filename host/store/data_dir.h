// The folder for what the gateway keeps. Functions without state.
#pragma once

#include <string>

#include "core/status.h"

namespace gatehouse::store {

// Makes the folder when there is none; nobody else's to read.
core::Status make_data_dir(const std::string& folder);

}  // namespace gatehouse::store
