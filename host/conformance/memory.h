// Memory for the texts and structs that a plugin is shown. They stay until the memory is destroyed. One thread.
#pragma once

#include <gatehouse/abi.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatehouse::conformance {

enum class Layout {
  plain,
  guarded,  // each ends at a page without access: one byte too far is a crash
  larger,   // each struct is longer than this SDK knows, as a later gateway's would be
};

class Memory {
 public:
  explicit Memory(Layout layout = Layout::plain) : layout_(layout) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // A view of a copy, without a NUL behind it.
  gh_str text(std::string_view text);

  // A copy of one of the contract's structs, which begin with their size.
  template <class T>
  T* place(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && offsetof(T, size) == 0);
    const std::size_t more = layout_ == Layout::larger ? kMore : 0;
    auto* copy = static_cast<T*>(room(sizeof(T) + more));
    std::memset(static_cast<void*>(copy), 0xA5, sizeof(T) + more);
    std::memcpy(static_cast<void*>(copy), &value, sizeof(T));
    copy->size = static_cast<std::uint32_t>(sizeof(T) + more);
    return copy;
  }
  template <class T>
  const T* const* list(const std::vector<const T*>& pointers) {
    void* copy = room(pointers.size() * sizeof(T*));
    if (!pointers.empty()) std::memcpy(copy, pointers.data(), pointers.size() * sizeof(T*));
    return static_cast<const T* const*>(copy);
  }

 private:
  static constexpr std::size_t kMore = 64;
  struct Free {
    std::size_t mapped = 0;  // 0: from the heap
    void operator()(void* begin) const;
  };
  void* room(std::size_t size);

  const Layout layout_;
  std::vector<std::unique_ptr<void, Free>> pieces_;
};

}  // namespace gatehouse::conformance
