// A codec plugin's call for one attempt, as a Codec. One exchange, one thread at a time.
#pragma once

#include <gatehouse/abi.h>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "modules/abi/instance.h"
#include "modules/adapters/codec.h"

namespace gatehouse::modules {

// Where and how a codec's provider is reached.
struct Upstream {
  std::string base_url;  // without a slash at the end
  std::string secret;    // the API key; never logged
  core::Timeouts timeouts;
  std::string ca_file = {};  // whose CAs to trust; empty: the system's
};

class PluginCodec final : public core::Codec {
 public:
  // REQUIRES: instance is of GH_PROVIDER_CODEC_1; both outlive the codec.
  PluginCodec(const Instance& instance, const Upstream& upstream)
      : instance_(instance), table_(instance.table<gh_codec>()), upstream_(upstream) {}
  ~PluginCodec() override;
  PluginCodec(const PluginCodec&) = delete;
  PluginCodec& operator=(const PluginCodec&) = delete;

  // Comes first, once. After a failure nothing else may be called. REQUIRES: the plugin has the endpoint that the
  // request is for.
  core::Status open(const core::RequestView& view);
  core::Status encode(const core::Attempt& attempt, core::Encoded& out) override;
  // Everything the plugin says about one frame reaches the sink as one chunk.
  core::Status decode(int http_status, const core::Frame& frame, core::ReplySink& sink) override;
  bool ended() const override { return ended_; }
  // Whether a call has failed by the plugin's own fault, and not by the provider's or the caller's.
  bool at_fault() const { return at_fault_; }

 private:
  struct Collector;
  template <class Call>
  gh_status metered(Call call) const;
  void note(bool own_fault);

  const Instance& instance_;
  const gh_codec& table_;
  const Upstream& upstream_;
  gh_call* call_ = nullptr;
  bool opened_ = false;
  bool ended_ = false;
  bool at_fault_ = false;
  std::vector<core::Event> events_;  // of the frame at hand
  std::array<std::byte, 2048> first_bytes_;
  std::pmr::monotonic_buffer_resource text_{first_bytes_.data(), first_bytes_.size()};  // what events_ point to
};

}  // namespace gatehouse::modules
