// A policy that counts requests twice: on its own, handing the count to its successor, and with a counter of
// the gateway's. It answers in the place of the model: its version and both counts. FORMAT is the version
// of the state it understands; built without it, it hands nothing over.
#include <gatehouse/plugin.hpp>

#include <atomic>

namespace {

class Tally {
 public:
  Tally(gatehouse::Config&, gatehouse::Host host) : counters_(host) {}

  gatehouse::Verdict on_request(gatehouse::ChatRequest) const {
    ++seen_;
    counters_.add("requests");
    return gatehouse::allow();
  }
  gatehouse::Verdict on_response(std::string_view) const {
    return gatehouse::modify(VERSION " " + std::to_string(seen_) + " " + std::to_string(counters_.add("requests", 0)));
  }

#ifdef FORMAT
  gatehouse::State save() const { return {FORMAT, std::to_string(seen_)}; }
  void restore(gatehouse::StateView state) {
    if (state.version != FORMAT) throw gatehouse::Error(GH_ECONFIG, "this state is of another format");
    seen_ = std::stoull(std::string(state.bytes));
  }
#endif

 private:
  gatehouse::Counters counters_;
  mutable std::atomic<std::uint64_t> seen_{0};
};

}  // namespace

GH_EXPORT_POLICY(Tally, "tally", SEMANTIC_VERSION, "Counts requests over swaps")
