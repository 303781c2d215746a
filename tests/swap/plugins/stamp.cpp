// A policy that says which version of it is at work: it puts VERSION in the place of an answer's text,
// or of each piece of a stream. Built several times from this one source.
#include <gatehouse/plugin.hpp>

namespace {

class Stamp {
 public:
  explicit Stamp(gatehouse::Config& config) : text_(VERSION + config.text_or("suffix", "")) {}

  gatehouse::Verdict on_request(gatehouse::ChatRequest) const { return gatehouse::allow(); }
  gatehouse::Verdict on_chunk(std::string_view text) const {
    return text.empty() ? gatehouse::allow() : gatehouse::modify(text_ + " ");
  }
  gatehouse::Verdict on_response(std::string_view) const { return gatehouse::modify(text_); }
  static constexpr auto kStreamMode = gatehouse::StreamMode::delta;

 private:
  std::string text_;
};

}  // namespace

GH_EXPORT_POLICY(Stamp, "stamp", SEMANTIC_VERSION, "Says which version of it is at work")
