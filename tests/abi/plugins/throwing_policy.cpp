// A policy that keeps state of an exchange and throws in the function its configuration names.
#include <gatehouse/plugin.hpp>
#include <stdexcept>

class ThrowingPolicy {
 public:
  explicit ThrowingPolicy(gatehouse::Config& config) : fail_(config.text_or("fail", "nowhere")) {}

  struct Exchange {
    Exchange(const ThrowingPolicy& policy, gatehouse::ChatRequest) { policy.maybe_throw("begin"); }
    int chunks = 0;
  };

  gatehouse::Verdict on_request(gatehouse::ChatRequest request, Exchange&) const {
    maybe_throw("on_request");
    return gatehouse::modify(std::string(request.json()) + " ", "spaced");
  }
  gatehouse::Verdict on_chunk(std::string_view text, Exchange& exchange) const {
    maybe_throw("on_chunk");
    ++exchange.chunks;
    return gatehouse::modify(std::string(text) + std::to_string(exchange.chunks));
  }
  gatehouse::Verdict on_response(std::string_view, Exchange& exchange) const {
    maybe_throw("on_response");
    return exchange.chunks > 1 ? gatehouse::deny("too_many", "more than one chunk") : gatehouse::allow();
  }
  static constexpr auto kStreamMode = gatehouse::StreamMode::delta;

 private:
  void maybe_throw(std::string_view where) const {
    if (fail_ == where) throw std::runtime_error("thrown in " + fail_);
  }
  std::string fail_;
};

GH_EXPORT_POLICY(ThrowingPolicy, "throwing", "1.0.0", "Throws where it is told to")
