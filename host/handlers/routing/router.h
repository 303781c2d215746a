// START HERE for endpoints: which endpoint answers which path and method. Built once at start; then any thread.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "handlers/routing/web_origins.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

// Answers one request. `id` is the request's for both sides: the caller's x-request-id where it may stand in a log,
// otherwise a new one.
using Endpoint = std::function<void(net::Request& request, net::Response& response, const std::string& id)>;

class Router final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Router(WebOrigins origins) : origins_(std::move(origins)) {}

  // A path that ends in "/*" also takes whatever follows it. HEAD goes where GET goes.
  void add(std::string_view method, std::string path, Endpoint endpoint);
  // This path is for everybody, whatever the guard says. REQUIRES: it was added.
  void open(std::string_view path);
  // Is asked of every other request, known path or not, before anything is done; its refusal is the answer.
  void guard(std::function<core::Status(const net::Request& request)> admit) { admit_ = std::move(admit); }

  // By the endpoint, or with a refusal where there is none.
  void answer(net::Request& request, net::Response& response) const;

  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& request) override;

 private:
  struct Route {
    std::string path;  // without the "*"
    bool prefix;
    bool open;
    std::map<std::string, Endpoint, std::less<>> methods;
  };
  const Route* find(std::string_view path) const;
  static std::string methods_of(const Route& route);

  const WebOrigins origins_;
  std::vector<Route> routes_;
  std::function<core::Status(const net::Request& request)> admit_;
};

// The path of a request, without its query.
std::string_view path_of(const net::Request& request);

}  // namespace gatehouse::handlers
