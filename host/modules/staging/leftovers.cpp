#include "modules/staging/leftovers.h"

#include <link.h>

#include <algorithm>
#include <utility>

namespace gatehouse::modules {

bool is_mapped(const std::filesystem::path& file) {
  struct Search {
    const std::string& name;
    bool found = false;
  } search{file.native()};
  const auto compare = [](dl_phdr_info* info, std::size_t, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    wanted.found |= info->dlpi_name != nullptr && wanted.name == info->dlpi_name;
    return wanted.found ? 1 : 0;
  };
  ::dl_iterate_phdr(compare, &search);
  return search.found;
}

void Leftovers::add(Leftover leftover, std::filesystem::path copy) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(leftover), std::move(copy)});
}

std::vector<Leftover> Leftovers::list() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const Entry& entry) {
    std::error_code gone;
    return !is_mapped(entry.copy) && (std::filesystem::remove(entry.copy, gone), true);
  });
  std::vector<Leftover> all;
  for (const Entry& entry : entries_) all.push_back(entry.leftover);
  return all;
}

}  // namespace gatehouse::modules
