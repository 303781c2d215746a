// `limits`: who may spend how much. What is wrong is reported to the document. One load, one thread.
#pragma once

#include <vector>

#include "config/yaml/node.h"
#include "core/money/limit_rule.h"

namespace gatehouse::config {

void read_limits(const Node& node, std::vector<core::LimitRule>& limits);

}  // namespace gatehouse::config
