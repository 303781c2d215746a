// Where the configuration says that a plugin lies. A function; any thread.
#pragma once

#include <filesystem>

#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::modules {

// The file, by the name or the path in the settings, without symbolic links. Code::config: there is none, or others may
// write it or a folder that it is looked for in.
core::Result<std::filesystem::path> find_plugin(const config::Settings& settings,
                                                const config::ComponentSettings& component);

}  // namespace gatehouse::modules
