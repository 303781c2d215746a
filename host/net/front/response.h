// An answer as handlers give it: Poco's interface, and a streaming one with our own framing, one
// send per call. Fields are set through Poco's collection; the ones that frame the answer
// (content-length, transfer-encoding, connection, date) are written by us.
// Belongs to one exchange; one thread at a time.
#pragma once

#include <Poco/Net/HTTPServerResponse.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"
#include "net/front/wire.h"

namespace gatehouse::net {

// What the request says about how it is to be answered.
struct AnswerTerms {
  int version = 11;
  bool head_only = false;   // the method was HEAD
  bool keep_alive = false;  // as far as the client is concerned
  const std::atomic<bool>& draining;
};

class Response final : public Poco::Net::HTTPServerResponse {
 public:
  Response(Wire& wire, const AnswerTerms& terms);
  ~Response() override;

  // Any status, also one that Poco's enumeration has no room for (529). Goes before setStatus().
  void set_status(int status) { status_ = status; }

  // A field of the head, written down at once: cheaper than Poco's collection, whose fields follow
  // it. Not for the fields that frame the answer.
  void add_field(std::string_view name, std::string_view value);
  // Whole lines, "name: value\r\n" each. REQUIRES: there is nothing in them that a caller or provider has said.
  void add_lines(std::string_view lines);
  // The connection ends with this answer. Goes before the answer is begun.
  void close_after() { terms_.keep_alive = false; }
  // Nobody is left to answer: what is not sent yet never will be, and the connection ends.
  void abandon();

  // The whole answer, head and body in one send. REQUIRES: !sent().
  core::Status send_body(std::string_view body);

  // Begins an answer whose body comes in pieces: chunked, or of the content length set before, or
  // (HTTP/1.0) up to the end of the connection. Sends nothing yet. REQUIRES: !sent().
  core::Status begin_stream();
  // Sends a piece, with the head before the first. With `last` the end of the answer goes along
  // in the same send. An empty piece that isn't the last sends the head alone.
  core::Status write_chunk(std::string_view bytes, bool last);

  bool complete() const { return stage_ == Stage::complete; }  // the client has been sent every byte
  bool keeps_alive() const { return complete() && keep_alive_; }
  bool delimited() const { return framing_ != Framing::to_end; }  // the client can tell a cut answer from a whole one
  const core::Status& failure() const { return failure_; }        // the first send that failed
  std::uint64_t bytes_sent() const { return wire_.bytes_sent() - bytes_before_; }  // of this answer, head included
  // Ends what send() began. For the connection, after the handler has returned.
  void finish();

  // What Poco's interface of an answer asks for besides; our own endpoints use none of it.
  void sendContinue() override {}  // the connection has done it before it read the body
  std::ostream& send() override;
  void sendFile(const std::string& path, const std::string& media_type) override;
  void sendBuffer(const void* buffer, std::size_t length) override;
  void redirect(const std::string& uri, HTTPStatus status = HTTP_FOUND) override;
  void requireAuthentication(const std::string& realm) override;
  bool sent() const override { return stage_ != Stage::fresh; }  // an answer has been begun

 private:
  enum class Stage : std::uint8_t { fresh, begun, open, complete, failed };
  enum class Framing : std::uint8_t { length, chunked, to_end };
  class Stream;

  int status() const { return status_ != 0 ? status_ : static_cast<int>(getStatus()); }
  std::string_view reason() const;
  bool bodiless() const;
  void make_head(std::optional<std::uint64_t> length);
  core::Status write(std::span<const std::string_view> pieces, bool last);

  Wire& wire_;
  AnswerTerms terms_;
  const std::uint64_t bytes_before_;
  int status_ = 0;  // 0: what setStatus() was told
  Stage stage_ = Stage::fresh;
  Framing framing_ = Framing::length;
  bool keep_alive_ = false;
  std::uint64_t remaining_ = 0;  // of a body of known length
  std::string fields_;           // as add_field() was given them
  std::string head_;             // made, not sent yet
  core::Status failure_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace gatehouse::net
