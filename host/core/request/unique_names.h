// The names of one JSON object's members, to find one that is given twice. RFC 8259 leaves it open which of the two
// counts, so two readers may see two different requests. Belongs to one reader of one object; one thread at a time.
#pragma once

#include <cstddef>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

namespace gatehouse::core {

// Where a name is given twice: "messages[1].role". Thrown on the way out of nested objects, each of which
// puts its own name in front. Must not leave the reader.
struct TwiceNamed {
  std::string path;

  void within(std::string_view name) {
    path.insert(0, path.empty() || path.starts_with('[') ? std::string(name) : std::string(name) + ".");
  }
  void within(std::size_t index) {
    path.insert(0, "[" + std::to_string(index) + "]" + (path.starts_with('[') ? "" : "."));
  }
};

class UniqueNames {
 public:
  // False: the name is there already. REQUIRES: name outlives this.
  bool add(std::string_view name) {
    if (count_ == kFew) return many_.insert(name).second && !among_few(name);
    if (among_few(name)) return false;
    few_[count_++] = {name.data(), name.size()};
    return true;
  }

 private:
  static constexpr std::size_t kFew = 12;  // more than most objects have; looked through one by one
  struct Name {
    const char* text;
    std::size_t size;
  };
  bool among_few(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (few_[i].size == name.size() && std::memcmp(few_[i].text, name.data(), name.size()) == 0) return true;
    return false;
  }

  Name few_[kFew];  // not initialised: that would cost each object more than the look
  std::size_t count_ = 0;
  std::set<std::string_view> many_;  // sorted: nobody can make it slow by the choice of names
};

}  // namespace gatehouse::core
