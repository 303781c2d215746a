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
  const auto found = page.lines.find(std::tie(line.day, line.client, line.key, line.model));
  if (found != page.lines.end())
    found->second += line;
  else
    page.lines.emplace(Key{line.day, line.client, line.key, line.model}, line);
}

std::vector<UsageLine> UsageBook::take() {
  std::vector<UsageLine> lines;
  for (Page& page : pages_) {
    Lines taken;
    {
      const std::lock_guard lock(page.mutex);
      taken = std::exchange(page.lines, {});
    }
    for (auto& [key, line] : taken) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace gatehouse::limits
