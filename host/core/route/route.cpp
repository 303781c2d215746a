#include "core/route/route.h"

#include "core/text/caller_text.h"

namespace gatehouse::core {

const Target& Route::pick(std::uint64_t dice) const {
  std::uint64_t total = 0;
  for (const Target& target : targets) total += target.weight;
  std::uint64_t at = dice % total;
  for (const Target& target : targets) {
    if (at < target.weight) return target;
    at -= target.weight;
  }
  return targets.back();
}

Status unknown_model(std::string_view alias) {
  Status status(Code::not_found,
                "The model '" + excerpt(alias) + "' does not exist here; GET /v1/models lists those that do");
  status.failure().reason = "model_not_found";
  status.failure().param = "model";
  return status;
}

}  // namespace gatehouse::core
