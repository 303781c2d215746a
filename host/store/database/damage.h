// How a part of data_dir fails that is not whole any more: no retry and no upgrade will mend it. A value; any thread.
#pragma once

#include <string>

#include "core/status.h"

namespace gatehouse::store {

inline core::Status damaged(std::string what) {
  core::Status status(core::Code::config, std::move(what));
  status.failure().reason = "damaged";
  return status;
}

inline bool is_damage(const core::Status& status) { return !status.ok() && status.failure().reason == "damaged"; }

}  // namespace gatehouse::store
