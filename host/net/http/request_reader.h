// START HERE for what callers send: reads HTTP/1.x requests out of bytes, strictly. Whatever two parsers could
// understand differently is refused. Sans-IO and bounded: the outcome depends on the bytes alone, never on how they
// were cut. One reader per connection; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/padded_bytes.h"
#include "core/status.h"
#include "net/http/head_lines.h"
#include "net/http/request_limits.h"

namespace gatehouse::net {

struct Field {
  std::string_view name;   // as written
  std::string_view value;  // without surrounding blanks
};

class RequestReader {
 public:
  enum class State : std::uint8_t { head, body, complete, refused };

  explicit RequestReader(const RequestLimits& limits);
  ~RequestReader();

  // Takes what arrived. Bytes after a complete request are kept for next().
  // REQUIRES: state() is head or body.
  State feed(std::string_view bytes);
  // The client will send nothing more: an unfinished request becomes a refusal.
  State finish();
  // Forgets the complete request and goes on with the bytes kept.
  State next();

  State state() const { return state_; }
  bool started() const { return head_.started(); }          // a byte of the request has arrived
  const core::Status& refusal() const { return refusal_; }  // REQUIRES: refused. Answer it, then close.
  // The client waits for "100 Continue" before it sends the body.
  bool wants_continue() const;
  std::uint64_t body_received() const { return body_.size(); }
  std::uint64_t body_declared() const;  // 0 for a chunked one. REQUIRES: body or complete

  // The rest REQUIRES: body or complete. Views live until next().
  std::string_view method() const { return method_; }
  std::string_view target() const { return target_; }        // as written
  std::string_view path_and_query() const { return path_; }  // target without scheme and authority
  int version() const { return version_; }                   // 10 or 11
  bool keep_alive() const;
  const std::vector<Field>& fields() const { return fields_; }
  std::string_view field(std::string_view name) const;  // the first of that name in any case; empty when absent
  core::PaddedBytes& body() { return body_; }

 private:
  class Parser;

  std::size_t take_head(std::string_view bytes);
  void parse_head();
  void take_body(std::string_view bytes);
  void refuse_body_size();
  void refuse(core::Code code, std::string_view message, int http_status = 0);
  void refuse(core::Status refusal);

  const RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::head;
  core::Status refusal_;

  HeadLines head_;    // the views below point here
  std::string held_;  // an unfinished chunk header, or what follows the request

  std::string_view method_;
  std::string_view target_;
  std::string_view path_;
  int version_ = 0;
  std::vector<Field> fields_;
  core::PaddedBytes body_;
};

}  // namespace gatehouse::net
