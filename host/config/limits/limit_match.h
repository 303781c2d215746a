// For whom a line of `limits` is: its `per` and its `match`. What is wrong is reported to the document. One load, one
// thread.
#pragma once

#include <span>
#include <string>

#include "config/yaml/node.h"
#include "core/money/limit_rule.h"

namespace gatehouse::config {

void read_per(const Node& node, core::LimitRule& rule);
// REQUIRES: the rule's `per` has been read.
void read_match(const Node& node, core::LimitRule& rule);

// Reports models and providers of `limits` that there are none of.
void check_limit_names(const Node& limits, std::span<const std::string> models, std::span<const std::string> providers);

}  // namespace gatehouse::config
