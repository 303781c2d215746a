#include "core/route/route.h"

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

}  // namespace gatehouse::core
