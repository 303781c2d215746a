// Clients and keys that nobody vouches for: anybody can make up any number of them. So many of each a day are told
// apart; whoever comes after them is counted together with the others. Bounded; thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/money/limit_scope.h"

namespace gatehouse::limits {

class Newcomers {
 public:
  static constexpr std::size_t kADay = 20'000;
  static constexpr std::string_view kOthers = "(others)";  // the account of all who come after those

  explicit Newcomers(std::size_t most_a_day) : clients_(most_a_day), keys_(most_a_day), tags_(most_a_day) {}

  // Under which names the subject is counted: its own, or kOthers. A name with kLabelFollows in it, which would be
  // taken for an account under another line, is never told apart. Values of tags are a caller's own words, whoever
  // vouches for him. Views into the subject; its tags are those in `tags`, which may hold the subject's before. day:
  // since 1970, UTC.
  core::Subject counted_as(core::Subject subject, std::int32_t day, std::vector<core::Tag>& tags);
  // How many requests were counted as those of others.
  std::uint64_t of_others() const { return of_others_.load(std::memory_order_relaxed); }

 private:
  // The names of a day that are told apart.
  class Names {
   public:
    explicit Names(std::size_t most) : most_(most) {}
    bool has_place(std::string_view name, std::int32_t day);

   private:
    struct Hash {
      using is_transparent = void;
      std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    };

    const std::size_t most_;
    std::shared_mutex mutex_;  // guards all below
    std::int32_t day_ = 0;
    std::unordered_set<std::string, Hash, std::equal_to<>> names_;
  };

  // True: some name of it is not told apart.
  bool count(core::Subject& subject, std::int32_t day);
  bool count(std::vector<core::Tag>& tags, std::int32_t day);
  void tell_of_others();

  Names clients_, keys_, tags_;
  std::atomic<std::uint64_t> of_others_{0};
};

}  // namespace gatehouse::limits
