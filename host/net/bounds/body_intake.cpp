#include "net/bounds/body_intake.h"

#include "net/bounds/overloaded.h"

namespace gatehouse::net {

using core::Code;
using core::Status;

Status BodyIntake::received(std::uint64_t bytes, Clock::time_point now) {
  if (!budget_.take(held_, bytes - held_)) return no_room_for_body();
  held_ = bytes;
  if (held_ - portion_begins_ < portion_) return {};
  portion_begins_ = held_;
  since_ = now;
  return {};
}

Status BodyIntake::too_late(Clock::time_point now) const {
  if (now < since_ + silence_) return no_room_for_body();
  return {Code::request_timeout, "The request did not arrive in time."};
}

Status no_room_for_body() {
  return overloaded("The gateway is reading as many large requests as it may; send the request again.");
}

}  // namespace gatehouse::net
