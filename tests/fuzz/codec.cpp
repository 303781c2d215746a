// A codec through the table that the gateway calls. The first byte says what the rest is: a request
// that the gateway has accepted, or what a provider answers to a plain one, whole, streamed or refused.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <gatehouse/testing.hpp>

#include "core/reply/framing.h"
#include "core/request/chat_request.h"

namespace {

using namespace gatehouse;

class Codec final : public core::FrameSink {
 public:
  Codec(const gh_component& component, const testing::Request& request, std::uint32_t status)
      : component_(component), table_(*static_cast<const gh_codec*>(component.vtable)), status_(status) {
    gh_error error{};
    error.size = sizeof error;
    if (component.create(host_.raw(), str("{}"), &instance_, &error) != GH_OK) std::abort();
    opened_ = table_.open(instance_, request.raw(), &call_, &error) == GH_OK;
  }
  ~Codec() override {
    if (opened_) table_.close(call_);
    component_.destroy(instance_);
  }

  core::Framing encode() {
    testing::Sent sent;
    if (!opened_) return core::Framing::body;
    testing::FakeUpstream upstream(sent);
    const gh_attempt attempt = {sizeof(gh_attempt), 1, str("http://upstream"), str("key"), 0};
    gh_error error{};
    error.size = sizeof error;
    if (table_.encode(call_, &attempt, upstream.raw(), &error) != GH_OK) std::abort();
    return status_ >= 400 ? core::Framing::body : static_cast<core::Framing>(sent.framing);
  }

  core::Status on_frame(const core::Frame& frame) override {
    const gh_frame raw = {sizeof(gh_frame), status_, str(frame.event), str(frame.data), frame.last, 0};
    testing::FakeEvents events;
    gh_error error{};
    error.size = sizeof error;
    const gh_status status = table_.decode(call_, &raw, events.raw(), &error);
    if (status == GH_EINTERNAL) std::abort();  // only what nobody thought of ends so
    return status == GH_OK ? core::Status() : core::Status(core::Code::upstream_failed, error.message);
  }

 private:
  const gh_component& component_;
  const gh_codec& table_;
  std::uint32_t status_;
  testing::FakeHost host_;
  gh_instance* instance_ = nullptr;
  gh_call* call_ = nullptr;
  bool opened_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const gh_component& component = *gatehouse_plugin()->component(0);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 3) == 0) {
    const auto request = core::ChatRequest::parse(core::PaddedBytes(bytes));
    if (request.ok())
      Codec(component, testing::Request("m").json(std::string(bytes)).stream(request->stream()), 200).encode();
    return 0;
  }
  const bool stream = (data[0] & 3) == 1, refused = (data[0] & 3) == 2;
  Codec codec(component, testing::Request("m").user("hi").stream(stream), refused ? 400 + data[0] : 200);
  core::Framer framer(codec.encode());
  if (framer.feed(bytes, codec).ok()) (void)framer.finish(codec);
  return 0;
}
