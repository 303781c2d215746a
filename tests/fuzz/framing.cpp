// A provider's stream in one FRAMING, cut anywhere, makes the same frames as when it comes whole.
#include "core/reply/framing.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using gatehouse::core::Frame;
using gatehouse::core::Framer;
using gatehouse::core::Framing;
using gatehouse::core::Status;

class Frames final : public gatehouse::core::FrameSink {
 public:
  Status on_frame(const Frame& frame) override {
    text_.append(frame.event).append("\1").append(frame.data).append(frame.last ? "\2" : "\3");
    return {};
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

constexpr std::size_t kMaxFrame = 1 << 12;

// What the frames are when the bytes come in pieces of this size.
std::string frames(Framing framing, std::string_view bytes, std::size_t piece) {
  Framer framer(framing, kMaxFrame);
  Frames sink;
  while (!bytes.empty()) {
    if (!framer.feed(bytes.substr(0, piece), sink).ok()) return sink.text() + "refused";
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return framer.finish(sink).ok() ? sink.text() : sink.text() + "refused";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Framing framing = Framing::FRAMING;
  if (frames(framing, bytes, 1 + data[0]) != frames(framing, bytes, bytes.size())) std::abort();
  return 0;
}
