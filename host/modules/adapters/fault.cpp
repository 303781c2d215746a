#include "modules/adapters/fault.h"

#include <simdjson.h>

namespace gatehouse::modules {

namespace {

// Every provider's errors have a member or an event of this name.
bool tells_of_error(const core::Frame& frame) {
  return frame.event == "error" || frame.data.find("\"error\"") != frame.data.npos;
}

bool is_json(std::string_view text) {
  if (text.empty()) return false;  // it may have no address, and simdjson would copy from there
  simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

}  // namespace

bool is_own_fault(gh_status status) { return status != GH_OK && status != GH_EINVAL && status != GH_ECANCELLED; }

bool is_own_fault(gh_status status, int http_status, const core::Frame& frame) {
  if (status != GH_EUPSTREAM && status != GH_ERETRY) return is_own_fault(status);
  const bool good = http_status >= 200 && http_status < 300;
  return good && is_json(frame.data) && !tells_of_error(frame);
}

}  // namespace gatehouse::modules
