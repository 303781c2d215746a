// What one exchange says to its caller, in whatever dialect and over whatever connection.
// Belongs to one exchange; one thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/money/quota.h"
#include "core/reply/reply.h"
#include "core/reply/reply_collector.h"
#include "core/status.h"

namespace gatehouse::core {

class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // Both come before anything else: they become part of the answer's head.
  virtual void quotas(const Quotas& quotas) = 0;
  virtual void target(std::string_view provider, std::string_view model) = 0;  // the last one counts

  // Either whole(), or chunk() any number of times and end().
  virtual Status whole(const Reply& reply) = 0;
  virtual Status chunk(const Chunk& chunk) = 0;  // client_gone when nobody reads any more
  virtual Status end(const Usage& usage) = 0;

  // Between chunks, or before the first: sends a sign of life, which begins the stream. client_gone as above.
  virtual Status heartbeat() = 0;

  // Ends the answer with an error, within the stream once that has begun. REQUIRES: neither whole() nor end() was
  // called.
  virtual void fail(const Status& status) = 0;

  virtual int http_status() const = 0;           // as sent; 0: nothing was
  virtual std::uint64_t bytes_sent() const = 0;  // heads included
};

}  // namespace gatehouse::core
