#include "net/fibers/fiber.h"

#include <boost/context/protected_fixedsize_stack.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define GH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define GH_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GH_TSAN 1
#endif
#endif
#ifdef GH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef GH_TSAN
#include <sanitizer/tsan_interface.h>
#endif

// ThreadSanitizer keeps a stack of calls for each fiber: what is entered on one and left on another
// must not be on it.
#if defined(GH_TSAN) && defined(__clang__)
#define GH_UNSEEN __attribute__((disable_sanitizer_instrumentation))
#elif defined(GH_TSAN)
#define GH_UNSEEN __attribute__((no_sanitize("thread")))
#else
#define GH_UNSEEN
#endif

namespace gatehouse::net {

namespace {

// Only functions of this file, which callers cannot inline, touch it: see core/wait.h.
thread_local Fiber* running = nullptr;

}  // namespace

// The stack ends in a page that must not be touched, and remembers where it is.
class Fiber::Stack {
 public:
  Stack(std::size_t size, Traces& traces) : stacks_(size), traces_(traces) {}
  boost::context::stack_context allocate() {
    const boost::context::stack_context stack = stacks_.allocate();
    traces_.bottom = static_cast<const char*>(stack.sp) - stack.size;
    traces_.size = stack.size;
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) noexcept { stacks_.deallocate(stack); }

 private:
  boost::context::protected_fixedsize_stack stacks_;
  Traces& traces_;
};

Fiber::Fiber(std::size_t stack) : context_(make(stack)) {}

// Boost runs the new context for a moment, to leave something on its stack.
GH_UNSEEN boost::context::fiber Fiber::make(std::size_t stack) {
#ifdef GH_TSAN
  traces_.thread = __tsan_create_fiber(0);
  traces_.caller_thread = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(traces_.thread, 0);
#endif
  boost::context::fiber made(std::allocator_arg, Stack(stack, traces_),
                             [this](boost::context::fiber&& caller) { return body(std::move(caller)); });
#ifdef GH_TSAN
  __tsan_switch_to_fiber(traces_.caller_thread, 0);
#endif
  return made;
}

Fiber::~Fiber() {
  ending_ = true;
  enter();
#ifdef GH_TSAN
  __tsan_destroy_fiber(traces_.thread);
#endif
}

Fiber* Fiber::current() { return running; }

GH_UNSEEN boost::context::fiber Fiber::body(boost::context::fiber&& caller) {
  caller_ = std::move(caller);
  arrived();
  while (!ending_) {
    work();
    suspend();
  }
  departing(true);
  return std::move(caller_);
}

GH_UNSEEN void Fiber::enter() {
  running = this;
#ifdef GH_TSAN
  traces_.caller_thread = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(traces_.thread, 0);
#endif
#ifdef GH_ASAN
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, traces_.bottom, traces_.size);
#endif
  context_ = std::move(context_).resume();
#ifdef GH_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
#ifdef GH_TSAN
  if (ending_) __tsan_switch_to_fiber(traces_.caller_thread, 0);
#endif
  running = nullptr;
}

GH_UNSEEN void Fiber::suspend() {
  departing(false);
  caller_ = std::move(caller_).resume();
  arrived();
}

GH_UNSEEN void Fiber::arrived() {
#ifdef GH_ASAN
  __sanitizer_finish_switch_fiber(traces_.fake_stack, &traces_.caller_bottom, &traces_.caller_size);
#endif
}

GH_UNSEEN void Fiber::departing([[maybe_unused]] bool for_good) {
#ifdef GH_TSAN
  if (!for_good) __tsan_switch_to_fiber(traces_.caller_thread, 0);  // what ends below this is the fiber's still
#endif
#ifdef GH_ASAN
  __sanitizer_start_switch_fiber(for_good ? nullptr : &traces_.fake_stack, traces_.caller_bottom, traces_.caller_size);
#endif
}

}  // namespace gatehouse::net
