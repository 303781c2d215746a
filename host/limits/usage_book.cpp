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
  std::array<Lines, kPages> taken;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kPages; ++i) {
    const std::lock_guard lock(pages_[i].mutex);
    taken[i].swap(pages_[i].lines);
    count += taken[i].size();
  }
  std::vector<UsageLine> lines;
  try {
    lines.reserve(count);  // all that needs memory
  } catch (...) {
    for (std::size_t i = 0; i < kPages; ++i) put_back(taken[i], pages_[i]);
    throw;
  }
  for (Lines& page : taken) {
    for (auto& [key, line] : page) lines.push_back(std::move(line));
  }
  return lines;
}

// Needs no memory: lines move as they are, and are added to those that have come meanwhile.
void UsageBook::put_back(Lines& taken, Page& page) {
  const std::lock_guard lock(page.mutex);
  page.lines.merge(taken);
  for (auto& [key, line] : taken) page.lines.find(key)->second += line;
}

}  // namespace gatehouse::limits
