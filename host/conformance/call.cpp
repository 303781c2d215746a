#include "conformance/call.h"

#include <cstring>

#include "modules/abi/plugin_text.h"
#include "modules/trial/child.h"

namespace gatehouse::conformance {

namespace {

std::string field(const char* text, std::size_t size, std::string_view name, std::string_view what) {
  if (::strnlen(text, size) == size)
    fail("it left gh_error." + std::string(name) + " without a NUL in " + std::string(what));
  return modules::plugin_text(text, size);
}

}  // namespace

void doing(std::string_view what) { modules::child_says(std::string(what) + "\n"); }

Outcome read_error(gh_status status, const gh_error& error, std::string_view what, bool reason_needed) {
  if (!reason_needed) return {status, {}, {}};
  Outcome outcome{status, field(error.message, sizeof error.message, "message", what),
                  field(error.code, sizeof error.code, "code", what)};
  field(error.param, sizeof error.param, "param", what);
  if (outcome.message.empty()) fail(std::string(what) + " failed and gave no reason in gh_error.message");
  return outcome;
}

}  // namespace gatehouse::conformance
