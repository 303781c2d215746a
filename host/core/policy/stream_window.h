// Holds streamed text back so that a policy sees it in overlapping windows: text leaves only after the policy has
// seen it together with its surroundings. Sans-IO; one stream, one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::core {

class StreamWindow {
 public:
  static constexpr std::size_t kWindow = 1024;  // bytes that make a window worth asking about
  static constexpr std::size_t kOverlap = 256;  // bytes of it that the next window begins with

  void push(std::string_view text) { held_.append(text), fresh_ += text.size(); }
  bool full() const { return held_.size() >= kWindow; }
  bool has_fresh() const { return fresh_ != 0; }

  // The window to ask about. The caller may rewrite it, and then takes what may leave.
  std::string& text() { return held_; }
  std::string release(bool end);

 private:
  std::string held_;
  std::size_t fresh_ = 0;  // bytes no policy has seen
};

}  // namespace gatehouse::core
