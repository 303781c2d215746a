// A policy that misbehaves where FAULT says. Built once per fault.
#include <gatehouse/plugin.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

#if FAULT == 1
[[maybe_unused]] const int aborted = (std::abort(), 0);
#endif

// Its destructor makes the C library keep the module until the thread ends.
struct PerThread {
  std::string text = "a text that is too long to be kept within its string object";
  ~PerThread() { text.clear(); }
};
[[maybe_unused]] thread_local PerThread per_thread;

class Misbehaving {
 public:
  Misbehaving() {
#if FAULT == 2
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
#elif FAULT == 3
    throw std::runtime_error("thrown in the constructor");
#elif FAULT == 4
    std::_Exit(7);
#elif FAULT == 5
    std::signal(SIGSEGV, SIG_DFL);  // not for a sanitizer to report
    std::raise(SIGSEGV);
#endif
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest) const {
#if FAULT == 6
    per_thread.text += "!";
#endif
    return gatehouse::allow();
  }
};

}  // namespace

GH_EXPORT_POLICY(Misbehaving, "misbehaving", "1.0.0", "Misbehaves")
