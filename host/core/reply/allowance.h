// How far a stream may still go. Whoever keeps the books is asked while the stream passes, seldom: each answer says
// after how many bytes to ask again. One exchange, one thread at a time.
#pragma once

#include <cstdint>

#include "core/money/usage.h"

namespace gatehouse::core {

struct Unreported;

class Allowance {
 public:
  struct Grant {
    std::uint64_t bytes = 0;   // of what the provider says, until it is to be asked again; 0: nothing more may come
    std::uint64_t tokens = 0;  // of output, that were added to what may come
  };

  virtual ~Allowance() = default;
  // said: as the provider reported it; since: what came after that. May wait for shared accounts, as a reservation
  // does.
  virtual Grant more(const Usage& said, const Unreported& since) = 0;
};

}  // namespace gatehouse::core
