// A request with fields that a fuzzer has made, as handlers see it, without a connection. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "net/front/request.h"
#include "net/front/response.h"
#include "net/front/server_state.h"

namespace gatehouse::fuzz {

class MadeRequest {
 public:
  // fields: what stands in the head between the request line and the empty line. peer: the connection's address.
  MadeRequest(const std::string& fields, std::string_view peer) : reader_(state().options.request) {
    reader_.feed("GET /v1/models HTTP/1.1\r\n" + fields + "\r\n\r\n");
    if (reader_.state() != net::RequestReader::State::complete) return;
    request_.emplace(reader_, socket_, peer, state(), response_);
  }

  const net::Request* get() const { return request_ ? &*request_ : nullptr; }  // nullptr: it was refused
  net::Response& response() { return response_; }

 private:
  class Nobody final : public Poco::Net::HTTPRequestHandlerFactory {
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
      return nullptr;
    }
  };
  static const net::ServerState& state() {
    static Nobody nobody;
    static const net::ServerState state({}, nobody);
    return state;
  }

  net::RequestReader reader_;
  Poco::Net::StreamSocket socket_;
  net::Wire wire_{-1, std::chrono::milliseconds(0)};
  net::Response response_{wire_, {11, false, true, state().draining}};
  std::optional<net::Request> request_;
};

}  // namespace gatehouse::fuzz
