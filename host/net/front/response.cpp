#include "net/front/response.h"

#include <Poco/BufferedStreamBuf.h>
#include <Poco/Exception.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <ostream>

#include "net/http/field_line.h"
#include "net/http/head_rules.h"
#include "net/http/response_head.h"

namespace gatehouse::net {

using core::Code;
using core::Status;

// Poco's send() as a stream: every full buffer is one chunk.
class Response::Stream {
 public:
  explicit Stream(Response& response) : buffer_(response), stream_(&buffer_) {}
  std::ostream& stream() { return stream_; }

 private:
  class Buffer : public Poco::BufferedStreamBuf {
   public:
    explicit Buffer(Response& response) : BasicBufferedStreamBuf(4096, std::ios::out), response_(response) {}
    int writeToDevice(const char* bytes, std::streamsize size) override {
      return response_.write_chunk({bytes, static_cast<std::size_t>(size)}, false).ok() ? static_cast<int>(size) : -1;
    }

   private:
    Response& response_;
  };

  Buffer buffer_;
  std::ostream stream_;
};

Response::Response(Wire& wire, const AnswerTerms& terms)
    : wire_(wire), terms_(terms), bytes_before_(wire.bytes_sent()) {}
Response::~Response() = default;

// Empty for a status without a name.
std::string_view Response::reason() const {
  if (status_ == 0) return getReason();
  if (status_ > HTTP_NETWORK_AUTHENTICATION_REQUIRED) return {};
  return getReasonForStatus(static_cast<HTTPStatus>(status_));
}

bool Response::bodiless() const {
  return terms_.head_only || status() == HTTP_NO_CONTENT || status() == HTTP_NOT_MODIFIED;
}

void Response::make_head(std::optional<std::uint64_t> length) {
  if (length)
    framing_ = Framing::length;
  else
    framing_ = terms_.version >= 11 ? Framing::chunked : Framing::to_end;
  remaining_ = length.value_or(0);
  const bool handler_closes = iequals(get(CONNECTION, ""), "close");
  keep_alive_ = terms_.keep_alive && !handler_closes && delimited() && !terms_.draining.load(std::memory_order_relaxed);

  head_.reserve(fields_.size() + 256);
  append_status_line(head_, status(), reason());
  head_.append(fields_);
  append_fields(head_, *this);
  append_date(head_);
  const bool no_length = status() == HTTP_NO_CONTENT || status() == HTTP_NOT_MODIFIED;
  if (length && !no_length) append_field(head_, "content-length", std::to_string(*length));
  if (framing_ == Framing::chunked && !no_length) append_field(head_, "transfer-encoding", "chunked");
  if (!keep_alive_)
    append_field(head_, "connection", "close");
  else if (terms_.version < 11)
    append_field(head_, "connection", "keep-alive");
  head_.append("\r\n");
}

Status Response::write(std::span<const std::string_view> pieces, bool last) {
  Status sent = wire_.write(pieces);
  head_.clear();
  if (!sent.ok()) failure_ = sent;
  stage_ = !sent.ok() ? Stage::failed : last ? Stage::complete : Stage::open;
  return sent;
}

void Response::add_field(std::string_view name, std::string_view value) {
  if (fields_.empty()) fields_.reserve(1024);
  append_field(fields_, name, value);
}

void Response::add_lines(std::string_view lines) {
  if (fields_.empty()) fields_.reserve(1024);
  fields_.append(lines);
}

Status Response::send_body(std::string_view body) {
  if (stage_ != Stage::fresh) return {Code::internal, "A second answer was given to one request."};
  make_head(body.size());
  const std::array<std::string_view, 2> pieces{head_, bodiless() ? std::string_view() : body};
  return write(pieces, true);
}

void Response::abandon() {
  if (stage_ == Stage::complete || stage_ == Stage::failed) return;
  failure_ = Status(Code::client_gone, "The client has left.");
  stage_ = Stage::failed;
}

Status Response::begin_stream() {
  if (stage_ != Stage::fresh) return {Code::internal, "A second answer was begun for one request."};
  const bool known = hasContentLength() && getContentLength64() >= 0;
  make_head(known ? std::optional<std::uint64_t>(getContentLength64()) : std::nullopt);
  stage_ = Stage::begun;
  return {};
}

Status Response::write_chunk(std::string_view bytes, bool last) {
  if (stage_ == Stage::failed) return failure_;
  if (stage_ != Stage::begun && stage_ != Stage::open)
    return {Code::internal, "A piece of an answer was written outside of a stream."};
  if (bodiless())
    bytes = {};
  else if (framing_ == Framing::length && (bytes.size() > remaining_ || (last && bytes.size() < remaining_))) {
    failure_ = Status(Code::internal, "An answer's body differs from the content length it announced.");
    stage_ = Stage::failed;
    return failure_;
  }
  remaining_ -= std::min<std::uint64_t>(remaining_, bytes.size());
  const bool chunked = framing_ == Framing::chunked && !bodiless();
  if (!chunked) {
    const std::array<std::string_view, 2> pieces{head_, bytes};
    return write(pieces, last);
  }
  char size[18];
  auto* end = std::to_chars(size, size + 16, bytes.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  const std::string_view line =
      bytes.empty() ? std::string_view() : std::string_view(size, static_cast<std::size_t>(end - size));
  const std::array<std::string_view, 5> pieces{head_, line, bytes, bytes.empty() ? "" : "\r\n",
                                               last ? "0\r\n\r\n" : ""};
  return write(pieces, last);
}

void Response::finish() {
  if (!stream_) return;
  stream_->stream().flush();
  if (stage_ == Stage::begun || stage_ == Stage::open) (void)write_chunk({}, true);  // failure() tells
}

std::ostream& Response::send() {
  if (Status begun = begin_stream(); !begun.ok()) throw Poco::IllegalStateException(std::string(begun.message()));
  stream_ = std::make_unique<Stream>(*this);
  return stream_->stream();
}

void Response::sendBuffer(const void* buffer, std::size_t length) {
  (void)send_body({static_cast<const char*>(buffer), length});  // failure() tells
}

void Response::sendFile(const std::string& path, const std::string& media_type) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Poco::FileNotFoundException(path);
  const std::string content(std::istreambuf_iterator<char>(file), {});
  setContentType(media_type);
  sendBuffer(content.data(), content.size());
}

void Response::redirect(const std::string& uri, HTTPStatus status) {
  setStatusAndReason(status);
  set("location", uri);
  (void)send_body({});
}

void Response::requireAuthentication(const std::string& realm) {
  setStatusAndReason(HTTP_UNAUTHORIZED);
  std::string quoted;
  for (const char c : realm) quoted.append(c == '"' || c == '\\' ? "\\" : "").push_back(c);
  set("www-authenticate", "Basic realm=\"" + quoted + "\"");
}

}  // namespace gatehouse::net
