#include "core/policy/stream_window.h"

#include <utility>

namespace gatehouse::core {

std::string StreamWindow::release(bool end) {
  fresh_ = 0;
  if (end) return std::exchange(held_, {});
  if (held_.size() <= kOverlap) return {};
  std::size_t cut = held_.size() - kOverlap;
  while (cut != 0 && (static_cast<unsigned char>(held_[cut]) & 0xC0) == 0x80) --cut;  // never inside a character
  std::string leaving = held_.substr(0, cut);
  held_.erase(0, cut);
  return leaving;
}

}  // namespace gatehouse::core
