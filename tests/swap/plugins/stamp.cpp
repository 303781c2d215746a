// A policy that says which version of it is at work: it puts VERSION in the place of an answer's text,
// or of each piece of a stream; with keep, behind it. Built several times from this one source; with FAILS
// it cannot decide, with STRICT it denies what speaks of a secret, with SLOW it takes its time, with STUCK
// very much.
#include <gatehouse/plugin.hpp>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace {

class Stamp {
 public:
  explicit Stamp(gatehouse::Config& config)
      : text_(VERSION + config.text_or("suffix", "")), keep_(config.flag_or("keep", false)) {}

  gatehouse::Verdict on_request([[maybe_unused]] gatehouse::ChatRequest request) const {
#if defined(FAILS)
    throw std::runtime_error("it fails");
#elif defined(STRICT)
    if (request.json().find("secret") != std::string_view::npos) return gatehouse::deny("secret", "It is a secret");
#elif defined(SLOW)
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
#elif defined(STUCK)
    std::this_thread::sleep_for(std::chrono::seconds(15));
#endif
    return gatehouse::allow();
  }
  gatehouse::Verdict on_chunk(std::string_view text) const {
    return text.empty() ? gatehouse::allow() : gatehouse::modify(stamped(text) + " ");
  }
  gatehouse::Verdict on_response(std::string_view text) const { return gatehouse::modify(stamped(text)); }
  static constexpr auto kStreamMode = gatehouse::StreamMode::delta;

 private:
  std::string stamped(std::string_view text) const { return keep_ ? std::string(text) + text_ : text_; }

  std::string text_;
  bool keep_;
};

}  // namespace

GH_EXPORT_POLICY(Stamp, "stamp", SEMANTIC_VERSION, "Says which version of it is at work")
