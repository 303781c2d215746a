// START HERE: a configuration file becomes Settings, or a list of everything that is wrong with
// it. Thread-safe; reads no file but the one named and those that it names values and prices in.
#pragma once

#include <string>
#include <string_view>

#include "config/yaml/environment.h"
#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::config {

// A failure is Code::config; its message has one line per mistake, in the file's order:
// "FILE:LINE:COLUMN: what is wrong and what would be right". It never holds a value that came
// from the environment. A file that others may write is refused, too: this one and those of CAs.
core::Result<Settings> load(const std::string& file, const Environment& environment = process_environment());

// The same for text already read; `file` is what messages call it.
core::Result<Settings> parse(std::string_view text, const std::string& file,
                             const Environment& environment = process_environment());

}  // namespace gatehouse::config
