#include "net/fibers/fiber.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>

namespace gatehouse::net {
namespace {

constexpr std::size_t kStack = 128u << 10;

class Diary final : public Fiber {
 public:
  Diary() : Fiber(kStack) {}
  std::string text;

 private:
  void work() override {
    text += "a";
    suspend();
    try {
      text += "b";
      throw std::runtime_error("c");
    } catch (const std::exception& e) {
      text += e.what();
    }
    suspend();
    text += "d";
  }
};

TEST(Fiber, GoesOnWhereItWas) {
  Diary diary;
  EXPECT_EQ(diary.text, "");
  diary.enter();
  EXPECT_EQ(diary.text, "a");
  diary.enter();
  EXPECT_EQ(diary.text, "abc");
  diary.enter();
  EXPECT_EQ(diary.text, "abcd");
  diary.enter();  // anew
  EXPECT_EQ(diary.text, "abcda");
  diary.enter();
  diary.enter();
  EXPECT_EQ(Fiber::current(), nullptr);
}

TEST(Fiber, GoesOnOnAnotherThread) {
  Diary diary;
  for (int i = 0; i < 9; ++i) std::thread([&] { diary.enter(); }).join();
  EXPECT_EQ(diary.text, "abcdabcdabcd");
}

TEST(Fiber, MayNeverBeEntered) { const Diary diary; }

}  // namespace
}  // namespace gatehouse::net
