#include "net/front/request.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocketImpl.h>

#include "net/front/response.h"
#include "net/front/server_state.h"

namespace gatehouse::net {

using Poco::Net::SocketAddress;

Request::Request(RequestReader& reader, const Poco::Net::StreamSocket& socket, std::string_view client_host,
                 const ServerState& state, Response& response)
    : reader_(reader), socket_(socket), client_host_(client_host), state_(state), response_(response) {
  setMethod(std::string(reader.method()));
  setURI(std::string(reader.path_and_query()));
  if (reader.version() >= 11) setVersion(HTTP_1_1);
}

int Request::client_fd() const { return socket_.impl()->sockfd(); }
int Request::drain_fd() const { return state_.drain.get(); }

std::istream& Request::stream() {
  if (!stream_) stream_.emplace(body().data(), static_cast<std::streamsize>(body().size()));
  return *stream_;
}

const SocketAddress& Request::clientAddress() const {
  if (!client_address_) {
    client_address_.emplace();
    try {
      *client_address_ = socket_.peerAddress();
    } catch (const Poco::Exception&) {
      // The client has just left; the unspecified address says so.
    }
  }
  return *client_address_;
}

const SocketAddress& Request::serverAddress() const {
  if (!server_address_) server_address_.emplace(socket_.address());
  return *server_address_;
}

const Poco::Net::HTTPServerParams& Request::serverParams() const { return *state_.params; }
Poco::Net::HTTPServerResponse& Request::response() const { return response_; }

}  // namespace gatehouse::net
