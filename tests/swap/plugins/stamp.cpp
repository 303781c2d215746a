// A policy that says which version of it is at work: it puts VERSION in the place of an answer's text,
// or of each piece of a stream; with keep, behind it. Built several times from this one source; with FAILS
// it cannot decide.
#include <gatehouse/plugin.hpp>

#include <stdexcept>

namespace {

class Stamp {
 public:
  explicit Stamp(gatehouse::Config& config)
      : text_(VERSION + config.text_or("suffix", "")), keep_(config.flag_or("keep", false)) {}

  gatehouse::Verdict on_request(gatehouse::ChatRequest) const {
#ifdef FAILS
    throw std::runtime_error("it fails");
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
