// Whether somebody else may change what a path leads to. The gateway runs plugins, believes configurations and sends
// keys to whom a CA vouches for: nobody but root and the gateway's own user may write those files, the folders above
// them, or what a symbolic link on the way leads to. Functions without state; any thread.
#pragma once

#include <filesystem>

#include "core/status.h"

namespace gatehouse::core {

// Code::config when others may write it; the sentence names the file or folder at fault and what to do. Fine:
//   - a group that nobody else is in, as Debian's users have one each
//   - a sticky folder such as /tmp, on the way to something of our own
//   - anything on a file system that is mounted read-only
//   - what does not exist, or is no regular file or folder: whoever opens it will say so
Status no_foreign_writers(const std::filesystem::path& path);

}  // namespace gatehouse::core
