// Between the ABI's plain structs and C++: strings and lists as views. Nothing here owns or copies;
// a view is valid as long as the argument it came from, that is until the call returns.
#pragma once

#include <cstddef>
#include <string_view>

#include <gatehouse/abi.h>

namespace gatehouse {

inline std::string_view view(gh_str text) { return {text.data, text.len}; }
inline gh_str str(std::string_view text) { return {text.data(), text.size()}; }

// An array of pointers to C structs, read as a range of `Item`, a wrapper constructible from one.
template <class Item, class Raw>
class List {
 public:
  class Iterator {
   public:
    explicit Iterator(const Raw* const* at) : at_(at) {}
    Item operator*() const { return Item(**at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Raw* const* at_;
  };

  List(const Raw* const* first, std::size_t size) : first_(first), size_(size) {}
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Item operator[](std::size_t index) const { return Item(*first_[index]); }  // REQUIRES: index < size()
  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(first_ + size_); }

 private:
  const Raw* const* first_;
  std::size_t size_;
};

}  // namespace gatehouse
