#include "limits/newcomers.h"

#include <chrono>
#include <mutex>
#include <utility>

#include "core/rare_warning.h"
#include "limits/accounts/account_name.h"

namespace gatehouse::limits {

core::Subject Newcomers::counted_as(core::Subject subject, std::int32_t day, std::vector<core::Tag>& tags) {
  bool others = !subject.vouched && count(subject, day);
  std::vector<core::Tag> counted(subject.tags.begin(), subject.tags.end());
  others |= count(counted, day);
  if (others) tell_of_others();
  tags = std::move(counted);
  subject.tags = tags;
  return subject;
}

bool Newcomers::count(core::Subject& subject, std::int32_t day) {
  bool others = false;
  const auto tell_apart = [&](Names& names, std::string_view& name) {
    const bool fits = name.find(kLabelFollows) == std::string_view::npos;
    if (name.empty() || (fits && names.has_place(name, day))) return;
    name = kOthers;
    others = true;
  };
  tell_apart(clients_, subject.client);
  tell_apart(keys_, subject.key);
  return others;
}

bool Newcomers::count(std::vector<core::Tag>& tags, std::int32_t day) {
  bool others = false;
  for (core::Tag& tag : tags) {
    if (tag.value.empty() || tags_.has_place(std::string(tag.name).append("=").append(tag.value), day)) continue;
    tag.value = kOthers;
    others = true;
  }
  return others;
}

void Newcomers::tell_of_others() {
  static core::RareWarning warning(std::chrono::hours(1));
  if (of_others_.fetch_add(1, std::memory_order_relaxed) == 0) {
    warning.say(
        "more clients than server.max_unknown_clients have come today without a key, or tags with as many values; the "
        "next ones are counted together");
  }
}

bool Newcomers::Names::has_place(std::string_view name, std::int32_t day) {
  {
    const std::shared_lock lock(mutex_);
    if (day == day_) {
      if (names_.contains(name)) return true;
      if (names_.size() >= most_) return false;
    }
  }
  const std::unique_lock lock(mutex_);
  if (day != day_) {
    day_ = day;
    names_.clear();
  }
  if (names_.contains(name)) return true;
  return names_.size() < most_ && names_.emplace(name).second;
}

}  // namespace gatehouse::limits
