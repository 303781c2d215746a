#include "limits/usage_book.h"

#include <functional>
#include <mutex>
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
  std::array<std::unique_lock<std::mutex>, kPages> locks;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kPages; ++i) {
    locks[i] = std::unique_lock(pages_[i].mutex);
    count += pages_[i].lines.size();
  }
  std::vector<UsageLine> lines;
  lines.reserve(count);  // all that needs memory: either every line is taken or none
  for (Page& page : pages_) {
    for (auto& [key, line] : page.lines) lines.push_back(std::move(line));
    page.lines.clear();
  }
  return lines;
}

}  // namespace gatehouse::limits
