// A request as handlers see it: a Poco request, so that they are Poco handlers, and cheaper ways to the same. Where a
// handler is looked for, its head is there and its body may not be; where it is handled, it is whole.
// Poco's own header collection (get(), has(), …) stays empty: filling it costs an allocation or two per field, and
// header() none. Belongs to one exchange; one thread at a time.
#pragma once

#include <Poco/MemoryStream.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <optional>
#include <string_view>
#include <vector>

#include "net/http/request_reader.h"

namespace gatehouse::net {

class Response;
struct ServerState;

class Request final : public Poco::Net::HTTPServerRequest {
 public:
  // REQUIRES: reader.state() is body or complete; all five outlive the request.
  Request(RequestReader& reader, const Poco::Net::StreamSocket& socket, std::string_view client_host,
          const ServerState& state, Response& response);
  ~Request() override = default;

  std::string_view method() const { return reader_.method(); }
  std::string_view path_and_query() const { return reader_.path_and_query(); }          // what getURI() returns
  std::string_view header(std::string_view name) const { return reader_.field(name); }  // empty when absent
  const std::vector<Field>& headers() const { return reader_.fields(); }
  bool whole() const { return reader_.state() == RequestReader::State::complete; }  // the body is there too
  bool has_body() const { return !whole() || reader_.body().size() != 0; }  // it may still be on its way
  std::string_view body() const { return reader_.body().view(); }
  core::PaddedBytes take_body() { return std::move(reader_.body()); }  // body() and stream() are empty afterwards
  std::string_view client_host() const { return client_host_; }  // its address without the port

  int client_fd() const;  // what ClientWatch watches
  int drain_fd() const;

  std::istream& stream() override;
  const Poco::Net::SocketAddress& clientAddress() const override;
  const Poco::Net::SocketAddress& serverAddress() const override;
  const Poco::Net::HTTPServerParams& serverParams() const override;
  Poco::Net::HTTPServerResponse& response() const override;
  bool secure() const override { return false; }

 private:
  RequestReader& reader_;
  const Poco::Net::StreamSocket& socket_;
  const std::string_view client_host_;
  const ServerState& state_;
  Response& response_;
  std::optional<Poco::MemoryInputStream> stream_;
  mutable std::optional<Poco::Net::SocketAddress> client_address_;
  mutable std::optional<Poco::Net::SocketAddress> server_address_;
};

}  // namespace gatehouse::net
