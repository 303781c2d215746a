#include "net/bounds/descriptor_budget.h"

#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "core/descriptor.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kMostReserve = 128;  // for operators, the database, sinks, plugins that are staged
// What a caller may take is its connection, one to a provider, and a quarter for those that are closing.
constexpr std::size_t kQuartersPerCaller = 9;
constexpr std::size_t kFewest = 2;

}  // namespace

DescriptorBudget share_descriptors(std::size_t limit, std::size_t used) {
  const std::size_t spare = limit > used ? limit - used : 0;
  const std::size_t reserve = std::min(spare / 2, kMostReserve);
  return {std::max(4 * (spare - reserve) / kQuartersPerCaller, kFewest), std::max(reserve / 2, kFewest)};
}

std::size_t descriptors_for(std::size_t callers, std::size_t used) {
  const std::size_t theirs = (kQuartersPerCaller * callers + 3) / 4;
  return used + theirs + std::min(theirs, kMostReserve);
}

std::size_t raise_descriptor_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  const rlim_t before = std::exchange(files.rlim_cur, files.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_max : before;
}

std::size_t used_descriptors() {
  const core::Descriptor next(::eventfd(0, EFD_CLOEXEC));
  return next.valid() ? static_cast<std::size_t>(next.get()) : 0;
}

}  // namespace gatehouse::net
