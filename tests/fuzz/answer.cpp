// A provider's HTTP answer, cut anywhere: parsed or refused, and the same bytes of body either way.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/upstream/answer_parser.h"

namespace {

using gatehouse::core::Status;

class Body final : public gatehouse::core::UpstreamSink {
 public:
  Status on_head(const gatehouse::core::UpstreamHead& head) override {
    text = std::to_string(head.status) + " ";
    return {};
  }
  Status on_body(std::string_view bytes) override {
    text.append(bytes);
    return {};
  }
  std::string text;
};

// What is understood when the bytes come in pieces of this size; what is not taken is offered again.
std::string parsed(std::string_view bytes, std::size_t piece) {
  Body body;
  gatehouse::net::AnswerParser parser({"", "peer:1"}, body, false);
  std::string held;
  while (!bytes.empty() && !parser.done()) {
    held.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (!held.empty() && !parser.done()) {
      const auto taken = parser.put(held);
      if (!taken.ok()) return "refused";
      if (*taken == 0) break;
      held.erase(0, *taken);
    }
  }
  return !parser.done() && !parser.end("").ok() ? "refused" : body.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > gatehouse::net::AnswerParser::kMaxHead) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (parsed(bytes, 1 + data[0]) != parsed(bytes, bytes.size())) std::abort();
  return 0;
}
