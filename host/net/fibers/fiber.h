// A flow of control with a stack of its own that gives its thread back when it has to wait, and
// goes on where it was when it is entered again, on whatever thread that happens. Boost.Context
// switches the stacks. Entered by one thread at a time.
#pragma once

#include <boost/context/fiber.hpp>

#include <cstddef>

namespace gatehouse::net {

class Fiber {
 public:
  // Throws std::bad_alloc where there is no memory for the stack.
  explicit Fiber(std::size_t stack);
  // REQUIRES: work() has returned, or was never entered.
  virtual ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs work(), or goes on with it, until it returns or calls suspend(). Once it has returned, the
  // next enter() calls it anew.
  void enter();
  // Back to whoever entered. REQUIRES: called from within work(), and not in a catch block.
  void suspend();

  // The fiber that the calling thread is in; nullptr: it is in none.
  static Fiber* current();

 protected:
  virtual void work() = 0;

 private:
  class Stack;
  boost::context::fiber make(std::size_t stack);
  boost::context::fiber body(boost::context::fiber&& caller);
  void arrived();  // on the fiber's stack
  void departing(bool for_good);

  // Where the stack is, and what the sanitizers need to know to follow a switch.
  struct Traces {
    const void* bottom = nullptr;
    std::size_t size = 0;
    void* fake_stack = nullptr;
    const void* caller_bottom = nullptr;
    std::size_t caller_size = 0;
    void* thread = nullptr;
    void* caller_thread = nullptr;
  };

  Traces traces_;
  bool ending_ = false;
  boost::context::fiber context_;
  boost::context::fiber caller_;
};

}  // namespace gatehouse::net
