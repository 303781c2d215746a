// START HERE for endpoints: which endpoint answers which path and method. Built once at start; then any thread.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/request/caller.h"
#include "core/status.h"
#include "handlers/routing/web_origins.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

// What the head of a request tells of it.
struct Visitor {
  std::string id;       // the request's for both sides: the caller's x-request-id where it may stand in a log, else new
  core::Caller caller;  // as the endpoint's gate found it
};

// Answers one request, which is whole.
using Endpoint = std::function<void(net::Request& request, net::Response& response, Visitor& visitor)>;
// Looks at the head of a request before its body is read. False: it was answered with a refusal.
using Gate = std::function<bool(const net::Request& request, net::Response& response, Visitor& visitor)>;
// Answers at once, when the head is there: whatever costs nothing, needs no body, and counts against no limit.
using LightEndpoint = std::function<void(net::Response& response, const std::string& id)>;

class Router final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Router(WebOrigins origins) : origins_(std::move(origins)) {}

  // A path that ends in "/*" also takes whatever follows it. HEAD goes where GET goes. Without a gate all are let in.
  void add(std::string_view method, std::string path, Endpoint endpoint, Gate gate = {});
  void add_light(std::string_view method, std::string path, LightEndpoint endpoint);
  // This path is for everybody, whatever the guard says. REQUIRES: it was added.
  void open(std::string_view path);
  // Is asked of every other request, known path or not, before anything is done; its refusal is the answer.
  void guard(std::function<core::Status(const net::Request& request)> admit) { admit_ = std::move(admit); }

  // Asked when a request's head is there. nullptr: it has been answered, with a refusal or by a light endpoint.
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& request) override;

 private:
  struct Way {
    Gate gate;  // empty: all are let in
    Endpoint endpoint;
  };
  class Routed;
  struct Route {
    std::string path;  // without the "*"
    bool prefix;
    bool open;
    std::map<std::string, Way, std::less<>> methods;
  };
  const Way* let_in(const net::Request& request, net::Response& response, Visitor& visitor) const;
  const Route* find(std::string_view path) const;
  static std::string methods_of(const Route& route);

  const WebOrigins origins_;
  std::vector<Route> routes_;
  std::function<core::Status(const net::Request& request)> admit_;
};

// The path of a request, without its query.
std::string_view path_of(const net::Request& request);

}  // namespace gatehouse::handlers
