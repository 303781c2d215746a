// One of the wire formats a caller may speak: reads its requests and writes its answers, as bytes.
// Knows no HTTP and no sockets. A Dialect is stateless and shared by all threads; a
// StreamEncoder belongs to one exchange.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/reply/reply.h"
#include "core/reply/reply_collector.h"
#include "core/request/chat_request.h"
#include "core/status.h"

namespace gatehouse::dialects {

// What a body says besides the chat itself.
struct Question {
  core::ChatRequest request;
  std::string client_id;  // claimed in the body; empty when it claims none
  std::string caller_id;  // the caller's own name of the request; empty when it gives none
};

// What every answer to one exchange repeats.
struct AnswerHead {
  std::string_view id;               // ours, of the exchange
  std::string_view alias;            // the model as the caller named it
  std::string_view provider;         // as in YAML
  std::string_view model;            // the provider's name of the model
  std::int64_t created = 0;          // unix seconds
  std::string_view request_id = {};  // the caller's where it gave one
};

// Turns a reply into the bytes of an event stream, one call per piece, in order.
class StreamEncoder {
 public:
  virtual ~StreamEncoder() = default;
  // upstream_failed where the piece cannot be said in this dialect.
  virtual core::Status chunk(const core::Chunk& chunk, std::string& out) = 0;
  virtual void end(const core::Usage& usage, std::string& out) = 0;      // the reply is whole
  virtual void error(const core::Status& status, std::string& out) = 0;  // it isn't: never looks like a clean end
  // A sign of life while the provider thinks; by default a comment, which all clients skip.
  virtual void heartbeat(std::string& out) { out.append(": ping\n\n"); }
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view name() const = 0;
  virtual core::Result<Question> read(core::PaddedBytes body) const = 0;
  // upstream_failed where the reply cannot be said in this dialect; out is then of no use.
  virtual core::Status whole(const AnswerHead& head, const core::ChatRequest& request, const core::Reply& reply,
                             std::string& out) const = 0;
  // REQUIRES: what head points to, and request, outlive the encoder.
  virtual std::unique_ptr<StreamEncoder> stream(const AnswerHead& head, const core::ChatRequest& request) const = 0;
  // The body of an error answer. REQUIRES: !status.ok()
  virtual void error(const core::Status& status, std::string_view request_id, std::string& out) const = 0;
  virtual int http_status(const core::Status& status) const { return status.http_status(); }
};

}  // namespace gatehouse::dialects
