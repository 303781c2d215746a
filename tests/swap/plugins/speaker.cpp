// A model in this process whose every word is the version of it that is at work.
// Built with FAILS it says nothing at all.
//   config: { words: 20, delay: 50ms }    delay: before each word
#include <gatehouse/plugin.hpp>

#include <chrono>
#include <thread>

namespace {

class Speaker {
 public:
  explicit Speaker(gatehouse::Config& config)
      : words_(config.number_or("words", 20)), delay_(config.duration_or("delay", std::chrono::milliseconds(0))) {}

  void run(gatehouse::ChatRequest, gatehouse::Events& out) const {
#ifdef FAILS
    throw gatehouse::Error(GH_EINTERNAL, "it fails");
#endif
    for (std::uint64_t i = 0; i < words_; ++i) {
      std::this_thread::sleep_for(delay_);
      if (!out.text(VERSION " ")) return;
    }
    out.usage({1, words_});
    out.finish("stop");
  }

 private:
  std::uint64_t words_;
  std::chrono::milliseconds delay_;
};

}  // namespace

GH_EXPORT_LOCAL(Speaker, "speaker", SEMANTIC_VERSION, "Says its version")
