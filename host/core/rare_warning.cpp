#include "core/rare_warning.h"

#include <Poco/Logger.h>

#include <utility>

namespace gatehouse::core {

void RareWarning::say(std::string text) {
  std::uint64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (now < next_) {
      ++left_out_;
      return;
    }
    next_ = now + apart_;
    left_out = std::exchange(left_out_, 0);
  }
  if (left_out != 0) text += " (" + std::to_string(left_out) + " such lines were left out before this one)";
  Poco::Logger::get("gatehouse").warning(text);
}

}  // namespace gatehouse::core
