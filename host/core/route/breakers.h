// The breakers of all targets, by provider and model. They belong to the host, so that a target finds its own
// breaker again after a reload. Thread-safe; a breaker's address never changes.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/route/breaker.h"

namespace gatehouse::core {

class Breakers {
 public:
  Breaker& of(std::string_view provider, std::string_view model) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = breakers_.find(View(provider, model)); found != breakers_.end()) return found->second;
    }
    const std::unique_lock lock(mutex_);
    return breakers_.try_emplace({std::string(provider), std::string(model)}).first->second;
  }

 private:
  using View = std::pair<std::string_view, std::string_view>;
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return View(a.first, a.second) < View(b.first, b.second); }
  };

  std::shared_mutex mutex_;
  std::map<std::pair<std::string, std::string>, Breaker, Less> breakers_;  // guarded by mutex_
};

}  // namespace gatehouse::core
