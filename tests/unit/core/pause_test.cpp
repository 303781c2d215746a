#include "core/pause.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>

namespace gatehouse::core {
namespace {

using namespace std::chrono_literals;

// Is cancelled once there is something in its pipe.
class PipeCancellation final : public Cancellation {
 public:
  PipeCancellation() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    watches_[0] = {ends_[0], POLLIN};
  }
  ~PipeCancellation() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void stir() { ASSERT_EQ(::write(ends_[1], "x", 1), 1); }
  void cancel() { cancelled_ = true; }

  std::span<const Watch> watches() const override { return watches_; }
  Clock::time_point ask_again_at() const override { return again_; }
  Status check() override {
    again_ = Clock::time_point::max();
    ++checks_;
    return cancelled_ ? Status(Code::client_gone, "gone") : Status();
  }

  int checks_ = 0;
  Clock::time_point again_ = Clock::time_point::max();

 private:
  std::array<int, 2> ends_{};
  std::array<Watch, 1> watches_{};
  bool cancelled_ = false;
};

TEST(PauseTest, LastsAsLongAsItShould) {
  PipeCancellation cancellation;
  const auto began = Cancellation::Clock::now();
  EXPECT_TRUE(pause(30ms, cancellation).ok());
  EXPECT_GE(Cancellation::Clock::now() - began, 30ms);
}

TEST(PauseTest, EndsWhenTheCallerLeaves) {
  PipeCancellation cancellation;
  cancellation.stir();
  cancellation.cancel();
  EXPECT_EQ(pause(1h, cancellation).code(), Code::client_gone);
}

TEST(PauseTest, GoesOnAfterAFalseAlarm) {
  PipeCancellation cancellation;
  cancellation.stir();
  const auto began = Cancellation::Clock::now();
  EXPECT_TRUE(pause(50ms, cancellation).ok());
  EXPECT_GE(Cancellation::Clock::now() - began, 50ms);
  EXPECT_LE(cancellation.checks_, 3);  // it does not spin on a descriptor that stays readable
}

TEST(PauseTest, AsksInBetweenWhenToldTo) {
  PipeCancellation cancellation;
  cancellation.again_ = Cancellation::Clock::now() + 10ms;
  cancellation.cancel();
  EXPECT_EQ(pause(1h, cancellation).code(), Code::client_gone);
}

}  // namespace
}  // namespace gatehouse::core
