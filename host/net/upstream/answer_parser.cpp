#include "net/upstream/answer_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <limits>

#include "net/upstream/retry_after.h"

namespace gatehouse::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

// Between chunks Beast asserts that there are as many bytes as the last chunk of all has. A body always has that many
// left there, so shorter pieces wait.
constexpr std::size_t kShortestChunkHead = 5;

std::string_view plain(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

AnswerParser::Message::Message(const Peer& peer, core::UpstreamSink& sink, bool no_body)
    : peer_(peer), sink_(sink) {
  eager(true);
  skip(no_body);
  body_limit(std::numeric_limits<std::uint64_t>::max());  // The sink knows how much it wants.
  header_limit(kMaxHead);
}

void AnswerParser::Message::stop(core::Status why, Error& error) {
  refused_ = std::move(why);
  error = http::error::bad_value;
}

void AnswerParser::Message::refuse(std::string_view what, Error& error) {
  stop(blame(core::Code::upstream_failed, peer_, what), error);
}

void AnswerParser::Message::on_response_impl(int code, View, int, Error& error) {
  head_.status = code;
  if (code < 100) return refuse("answered with a status that HTTP does not have", error);
  if (code == 101) return refuse("switched protocols, which nobody asked for", error);
}

void AnswerParser::Message::on_field_impl(http::field name, View text, View value, Error& error) {
  if (name == http::field::content_type) {
    content_type_.assign(value.data(), value.size());
  } else if (name == http::field::retry_after && !precise_retry_) {
    head_.retry_after = retry_after(plain(value));
  } else if (name == http::field::unknown && iequals(text, "retry-after-ms")) {
    head_.retry_after = retry_after_ms(plain(value));
    precise_retry_ = true;
  } else if (name == http::field::transfer_encoding && !iequals(value, "chunked")) {
    refuse("used a transfer encoding other than chunked", error);
  } else if (name == http::field::content_encoding && !iequals(value, "identity")) {
    refuse("compressed its answer although identity was asked for", error);
  }
}

void AnswerParser::Message::on_header_impl(Error& error) {
  if (interim()) return;
  head_.content_type = content_type_;
  if (core::Status status = sink_.on_head(head_); !status.ok()) stop(std::move(status), error);
}

std::size_t AnswerParser::Message::on_body_impl(View body, Error& error) {
  if (core::Status status = sink_.on_body(plain(body)); !status.ok()) stop(std::move(status), error);
  return body.size();
}

std::size_t AnswerParser::Message::fewest() const {
  return is_header_done() && chunked() && chunk_left_ == 0 ? kShortestChunkHead : 1;
}

std::size_t AnswerParser::Message::on_chunk_body_impl(std::uint64_t, View body, Error& error) {
  chunk_left_ -= body.size();
  return on_body_impl(body, error);
}

AnswerParser::AnswerParser(const Peer& peer, core::UpstreamSink& sink, bool no_body)
    : peer_(peer), sink_(sink), no_body_(no_body) {
  message_.emplace(peer_, sink_, no_body_);
}

core::Status AnswerParser::failure(const boost::beast::error_code& error) const {
  if (!message_->refused().ok()) return message_->refused();
  if (error == http::error::header_limit) {
    return blame(core::Code::upstream_failed, peer_, "answered with a head that is too large");
  }
  return blame(core::Code::upstream_failed, peer_, "sent an answer that is not valid HTTP (" + error.message() + ")");
}

core::Result<std::size_t> AnswerParser::put(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !done()) {
    if (message_->is_done()) message_.emplace(peer_, sink_, no_body_);  // after an interim answer
    if (bytes.size() - taken < message_->fewest()) break;
    boost::beast::error_code error;
    taken += message_->put(boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
    if (error == http::error::need_more) break;
    if (error) return failure(error);
  }
  if (taken == 0 && bytes.size() >= kMaxHead) return failure(http::error::header_limit);
  return taken;
}

core::Status AnswerParser::end(std::string_view broken) {
  boost::beast::error_code error = http::error::partial_message;
  if (broken.empty() && message_->got_some() && !message_->interim()) message_->put_eof(error);
  if (!error) return {};
  std::string what = "closed the connection ";
  what.append(message_->got_some() ? "in the middle of its answer" : "without an answer");
  if (!broken.empty()) what.append(" (").append(broken).append(")");
  return blame(core::Code::upstream_failed, peer_, what);
}

}  // namespace gatehouse::net
