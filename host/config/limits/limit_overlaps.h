// Whether it is clear for every request which line of `limits` decides: of those that fit it the one whose match lies
// within the others'. What is not clear is reported to the document. One load, one thread.
#pragma once

#include <span>

#include "config/yaml/node.h"
#include "core/money/limit_rule.h"

namespace gatehouse::config {

// written: where each rule stands.
void check_overlaps(std::span<const Section> written, std::span<const core::LimitRule> rules);

}  // namespace gatehouse::config
