// Sends a stream's caller a sign of life while the provider thinks. Stands between the exchange's cancellation
// and the wait for the provider. One exchange, one thread at a time.
#pragma once

#include <chrono>

#include "core/cancellation.h"
#include "core/reply/answer_writer.h"
#include "core/wait.h"

namespace gatehouse::core {

class Heartbeat final : public Cancellation {
 public:
  // interval 0: never. Nothing is sent before upstream_status says that the provider will answer: until then
  // the caller may still get an error's status.
  // REQUIRES: all outlive this object.
  Heartbeat(Cancellation& inner, AnswerWriter& answer, std::chrono::milliseconds interval, const int& upstream_status)
      : inner_(inner), answer_(answer), interval_(interval), upstream_status_(upstream_status) {}

  void spoke() { last_ = coarse_now(); }  // the caller has just been sent something else

  std::span<const Watch> watches() const override { return inner_.watches(); }
  Clock::time_point ask_again_at() const override {
    const bool decided = upstream_status_ >= 200 && upstream_status_ < 300;
    return decided && interval_.count() != 0 ? last_ + interval_ : Clock::time_point::max();
  }
  Status check() override {
    GH_TRY(inner_.check());
    if (Clock::now() < ask_again_at()) return {};
    spoke();
    return answer_.heartbeat();
  }

 private:
  Cancellation& inner_;
  AnswerWriter& answer_;
  const std::chrono::milliseconds interval_;
  const int& upstream_status_;
  Clock::time_point last_ = coarse_now();
};

}  // namespace gatehouse::core
