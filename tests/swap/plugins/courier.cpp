// A codec that tells the provider which version of it asks, and behind each line of the answer, which
// is to be that version, says which one reads it.
#include <gatehouse/plugin.hpp>

#include <memory>

namespace {

class Courier {
 public:
  struct Settings {
    explicit Settings(gatehouse::Config&) {}
  };

  Courier(const Settings&, gatehouse::ChatRequest request) : model_(request.model()) {}

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    out.post(std::string(attempt.base_url()) + "/" + model_, gatehouse::Framing::lines)
        .header("x-version", VERSION)
        .json("{}");
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    if (frame.http_status() >= 400) throw gatehouse::Error(GH_ERETRY, "the provider failed");
    if (!frame.last()) {
      ++lines_;
      out.text(std::string(frame.data()) + " " VERSION " ");
      return;
    }
    out.usage({1, lines_});
    out.finish("stop");
  }

 private:
  std::string model_;
  std::uint64_t lines_ = 0;
};

}  // namespace

GH_EXPORT_CODEC(Courier, "courier", SEMANTIC_VERSION, "Says which version asks and which one reads")
