// Parses a provider's answer as its bytes arrive, with Beast's sans-IO parser, and passes it to an
// UpstreamSink. Nothing is stored: body bytes are passed on where they lie. Interim (1xx) answers are
// skipped; what HTTP leaves open to interpretation is refused. One thread at a time.
#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/status.h"
#include "core/transport.h"
#include "net/dial/deadlines.h"

namespace gatehouse::net {

class AnswerParser {
 public:
  // The longest head, and the longest line within a body's framing, that surely passes. The caller's buffer
  // must hold this many.
  static constexpr std::size_t kMaxHead = 16u << 10;

  // `no_body`: the request was a HEAD. REQUIRES: the sink and what peer points to outlive this object.
  AnswerParser(const Peer& peer, core::UpstreamSink& sink, bool no_body);

  // Returns how many bytes it took. Offer the rest again, with more behind it, unless done().
  // A failure is final: the sink's own, or upstream_failed.
  core::Result<std::size_t> put(std::string_view bytes);

  // Says that the peer has closed: ok only where that is how the answer ends. `broken`: how the connection was
  // lost; empty when it was closed in good order.
  core::Status end(std::string_view broken);

  bool head_done() const { return message_->is_header_done() && !message_->interim(); }
  bool done() const { return message_->is_done() && !message_->interim(); }
  bool keep_alive() const { return message_->keep_alive(); }  // REQUIRES: done()

 private:
  class Message final : public boost::beast::http::basic_parser<false> {
   public:
    Message(const Peer& peer, core::UpstreamSink& sink, bool no_body);
    bool interim() const { return head_.status / 100 == 1; }
    const core::Status& refused() const { return refused_; }  // why parsing was stopped, when not by Beast
    // The fewest bytes that may be put: see kShortestChunkHead.
    std::size_t fewest() const;

   private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, View, View, int, Error&) override {}
    void on_response_impl(int code, View reason, int version, Error& error) override;
    void on_field_impl(boost::beast::http::field name, View text, View value, Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(View body, Error& error) override;
    void on_chunk_header_impl(std::uint64_t size, View, Error&) override { chunk_left_ = size; }
    std::size_t on_chunk_body_impl(std::uint64_t remain, View body, Error& error) override;
    void on_finish_impl(Error&) override {}
    void stop(core::Status why, Error& error);
    void refuse(std::string_view what, Error& error);

    Peer peer_;
    core::UpstreamSink& sink_;
    core::UpstreamHead head_;
    std::string content_type_;
    std::uint64_t chunk_left_ = 0;  // of the chunk being read
    bool precise_retry_ = false;  // retry-after-ms was given, and wins
    core::Status refused_;
  };

  core::Status failure(const boost::beast::error_code& error) const;

  Peer peer_;
  core::UpstreamSink& sink_;
  bool no_body_;
  std::optional<Message> message_;
};

}  // namespace gatehouse::net
