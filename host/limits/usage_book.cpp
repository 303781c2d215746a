#include "limits/usage_book.h"

#include <functional>
#include <utility>

namespace gatehouse::limits {

UsageLine& UsageLine::operator+=(const UsageLine& other) {
  requests += other.requests;
  input += other.input;
  output += other.output;
  cached += other.cached;
  reasoning += other.reasoning;
  nanodollars += other.nanodollars;
  return *this;
}

void UsageBook::add(const UsageLine& line) {
  Page& page = pages_[std::hash<std::string>()(line.client) % kPages];
  const std::lock_guard lock(page.mutex);
  auto [found, fresh] = page.lines.try_emplace({line.day, line.client, line.key, line.model}, line);
  if (!fresh) found->second += line;
}

std::vector<UsageLine> UsageBook::take() {
  std::vector<UsageLine> lines;
  for (Page& page : pages_) {
    std::map<Key, UsageLine> taken;
    {
      const std::lock_guard lock(page.mutex);
      taken = std::exchange(page.lines, {});
    }
    for (auto& [key, line] : taken) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace gatehouse::limits
