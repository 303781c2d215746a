// A remote provider's wire format, sans-IO, for one attempt at one target; and the driver that runs it over a
// transport. One exchange, one thread at a time.
#pragma once

#include <string_view>

#include "core/reply/framing.h"
#include "core/reply/reply.h"
#include "core/route/provider.h"
#include "core/transport.h"

namespace gatehouse::core {

// What a codec wants sent, and how its answer is to be cut into frames.
// REQUIRES: what request.body points to stays where it is until the answer is complete.
struct Encoded {
  UpstreamRequest request;
  std::string body;  // request.body points here, or into the codec
  Framing framing = Framing::body;
};

class Codec {
 public:
  virtual ~Codec() = default;
  virtual Status encode(const Attempt& attempt, Encoded& out) = 0;
  // A failure with upstream_status >= 400 is the codec's reading of the provider's error.
  virtual Status decode(int http_status, const Frame& frame, ReplySink& sink) = 0;
  // Whether the provider has said that its answer is complete; bytes that follow are ignored.
  virtual bool ended() const { return false; }
};

// Encodes, sends, frames, decodes. ok: the answer was read to its end without a failure.
Status run_codec(Codec& codec, const Attempt& attempt, const Timeouts& timeouts, ReplySink& sink);

}  // namespace gatehouse::core
