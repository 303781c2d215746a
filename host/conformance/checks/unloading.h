// The checks of group life about unloading. One thread at a time, as all checks.
#pragma once

#include "conformance/check.h"

namespace gatehouse::conformance {

void is_gone_once_unloaded(const CheckedPlugin& checked);
void can_be_loaded_again(const CheckedPlugin& checked);
void lives_beside_a_copy(const CheckedPlugin& checked);

}  // namespace gatehouse::conformance
