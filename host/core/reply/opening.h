// Holds what comes of a stream before its first word, tool call, piece of reasoning or finish: a role, a usage, an id;
// and a finish too where all that was to come before it was kept back by the provider's filter.
// Until then another target may still answer instead, and the caller must not have heard of this one.
// One exchange, one thread at a time.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "core/reply/reply.h"

namespace gatehouse::core {

class Opening final : public ReplySink {
 public:
  static constexpr std::size_t kMost = 64u << 10;  // bytes; what comes after them begins the answer

  // REQUIRES: next outlives it.
  explicit Opening(ReplySink& next) : next_(next) {}

  Status on_chunk(const Chunk& chunk) override;
  Status end();                         // no other target answers instead: what is held is passed on
  bool over() const { return over_; }  // the answer has begun: what comes is passed on

 private:
  struct Held {
    std::vector<Event> events;
    std::string_view json;
  };

  Status pass_on();
  std::string_view keep(std::string_view text);
  void hold(const Chunk& chunk);

  ReplySink& next_;
  bool over_ = false;
  std::list<Held> held_;
  std::list<std::string> texts_;  // what held_ points to
  std::size_t bytes_ = 0;
};

}  // namespace gatehouse::core
