// Bytes with room behind them, as simdjson wants its input: 64 readable bytes past the end.
// Grows by append; the address stays when the object is moved. Not for two threads at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace gatehouse::core {

class PaddedBytes {
 public:
  static constexpr std::size_t kPadding = 64;  // >= SIMDJSON_PADDING

  PaddedBytes() = default;
  explicit PaddedBytes(std::string_view bytes) { append(bytes); }
  PaddedBytes(PaddedBytes&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  PaddedBytes& operator=(PaddedBytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  std::string_view view() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }  // without the padding
  void clear() { size_ = 0; }

  void reserve(std::size_t size) {
    if (size <= capacity_) return;
    auto grown = std::make_unique_for_overwrite<char[]>(size + kPadding);
    if (size_ != 0) std::memcpy(grown.get(), data_.get(), size_);
    std::memset(grown.get() + size, 0, kPadding);
    data_ = std::move(grown);
    capacity_ = size;
  }

  // Gives back what growing took and nothing needs; views into the bytes end then.
  void fit() {
    if (capacity_ - size_ <= size_ / 8 + 1024) return;
    PaddedBytes fitting;
    fitting.reserve(size_);
    fitting.append(view());
    *this = std::move(fitting);
  }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (size_ + bytes.size() > capacity_) reserve(std::max(size_ + bytes.size(), capacity_ * 2));
    std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace gatehouse::core
