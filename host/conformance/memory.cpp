#include "conformance/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

namespace gatehouse::conformance {

void Memory::Free::operator()(void* begin) const {
  if (mapped != 0)
    ::munmap(begin, mapped);
  else
    std::free(begin);
}

void* Memory::room(std::size_t size) {
  if (layout_ != Layout::guarded) {
    void* heap = std::malloc(size == 0 ? 1 : size);
    if (heap == nullptr) throw std::bad_alloc();
    pieces_.emplace_back(heap, Free{});
    return heap;
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t usable = (size + page - 1) / page * page;
  void* begin = ::mmap(nullptr, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  pieces_.emplace_back(begin, Free{usable + page});
  auto* guard = static_cast<std::byte*>(begin) + usable;
  if (::mprotect(guard, page, PROT_NONE) != 0) throw std::bad_alloc();
  return guard - size;
}

gh_str Memory::text(std::string_view text) {
  // In plain memory an X follows, so that reading on is at least seen in what comes of it.
  const bool guarded = layout_ == Layout::guarded;
  auto* copy = static_cast<char*>(room(text.size() + (guarded ? 0 : 1)));
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  if (!guarded) copy[text.size()] = 'X';
  return {copy, text.size()};
}

}  // namespace gatehouse::conformance
