// A plugin's part of the configuration, as the JSON text it is given. Pure function.
#pragma once

#include <string>

#include "config/yaml/node.h"

namespace gatehouse::config {

// The subtree as one JSON object. Plain scalars are typed as YAML's core schema types them, after
// variables are filled in (so `${PORT}` can be a number); quoted ones are strings. "{}" when
// something is wrong, which has then been reported.
std::string config_json(const Node& node);

}  // namespace gatehouse::config
