#include "handlers/routing/router.h"

#include <Poco/Net/HTTPRequestHandler.h>

#include <algorithm>
#include <array>

#include "core/text/caller_text.h"
#include "core/text/identifier.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

namespace {

std::string request_id(const net::Request& request) {
  const std::string_view theirs = request.header("x-request-id");
  return core::is_valid_request_id(theirs) ? std::string(theirs) : core::new_exchange_id();
}

void refuse(net::Response& response, const core::Status& status, const std::string& id) {
  if (status.code() == core::Code::unauthenticated) response.add_field("www-authenticate", "Bearer");
  send_error(response, status, id);
}

// Methods that HTTP itself knows: of any other it is said that nobody here does.
bool is_known(std::string_view method) {
  static constexpr std::array<std::string_view, 9> kMethods{"GET",     "HEAD",  "POST",  "PUT",    "DELETE",
                                                            "OPTIONS", "PATCH", "TRACE", "CONNECT"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

core::Status no_endpoint(std::string_view method, std::string_view path) {
  if (is_known(method)) return {core::Code::not_found, "There is no endpoint " + core::excerpt(path) + " here"};
  core::Status unknown(core::Code::method_not_allowed, "The method " + core::excerpt(method) + " is not known here");
  unknown.failure().http_status = 501;
  return unknown;
}

}  // namespace

// A request that was let in, until its body is there. Poco wants an object for each request anyway.
class Router::Routed final : public Poco::Net::HTTPRequestHandler {
 public:
  // exposed: the response that the request will get has been told which pages may read it.
  Routed(const WebOrigins& origins, const Endpoint& endpoint, Visitor visitor, bool exposed)
      : origins_(origins), endpoint_(endpoint), visitor_(std::move(visitor)), exposed_(exposed) {}

  void handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) override {
    auto& asked = static_cast<net::Request&>(request);
    auto& answer = static_cast<net::Response&>(response);
    if (!exposed_) origins_.expose(asked, answer);
    endpoint_(asked, answer, visitor_);
  }

 private:
  const WebOrigins& origins_;
  const Endpoint& endpoint_;
  Visitor visitor_;
  const bool exposed_;
};

void Router::add(std::string_view method, std::string path, Endpoint endpoint, Gate gate) {
  const bool prefix = path.ends_with("/*");
  if (prefix) path.pop_back();
  auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.path == path; });
  if (route == routes_.end()) route = routes_.insert(routes_.end(), Route{path, prefix, false, {}});
  route->methods.emplace(method, Way{std::move(gate), std::move(endpoint)});
}

void Router::add_light(std::string_view method, std::string path, LightEndpoint endpoint) {
  add(method, std::move(path), {},
      [endpoint = std::move(endpoint)](const net::Request&, net::Response& response, const Visitor& visitor) {
        endpoint(response, visitor.id);
        return false;
      });
}

void Router::open(std::string_view path) {
  for (Route& route : routes_) route.open |= route.path == path;
}

Poco::Net::HTTPRequestHandler* Router::createRequestHandler(const Poco::Net::HTTPServerRequest& head) {
  const auto& request = static_cast<const net::Request&>(head);
  Visitor visitor{request_id(request), {}};
  const Way* way = let_in(request, static_cast<net::Response&>(head.response()), visitor);
  return way == nullptr ? nullptr : new Routed(origins_, way->endpoint, std::move(visitor), request.whole());
}

// nullptr: it was answered.
const Router::Way* Router::let_in(const net::Request& request, net::Response& response, Visitor& visitor) const {
  const auto refused = [&](const core::Status& why) {
    refuse(response, why, visitor.id);
    return nullptr;
  };
  if (const core::Status admitted = origins_.admit(request); !admitted.ok()) return refused(admitted);
  origins_.expose(request, response);
  const std::string_view path = path_of(request);
  const Route* route = find(path);
  if (route != nullptr && origins_.is_preflight(request)) {
    origins_.answer_preflight(request, response, methods_of(*route));
    return nullptr;
  }
  if (admit_ && (route == nullptr || !route->open)) {
    if (const core::Status admitted = admit_(request); !admitted.ok()) return refused(admitted);
  }
  if (route == nullptr) return refused(no_endpoint(request.method(), path));
  const std::string_view method = request.method() == "HEAD" ? "GET" : request.method();
  if (const auto way = route->methods.find(method); way != route->methods.end())
    return !way->second.gate || way->second.gate(request, response, visitor) ? &way->second : nullptr;
  const std::string allow = methods_of(*route);
  response.add_field("allow", allow);
  return refused({core::Code::method_not_allowed, core::excerpt(path) + " takes " + allow + " only"});
}

std::string Router::methods_of(const Route& route) {
  std::string methods;
  for (const auto& [known, way] : route.methods) methods += (methods.empty() ? "" : ", ") + known;
  return methods;
}

const Router::Route* Router::find(std::string_view path) const {
  const auto matches = [&](const Route& r) {
    return r.prefix ? path.starts_with(r.path) && path != r.path : path == r.path;
  };
  const auto route = std::find_if(routes_.begin(), routes_.end(), matches);
  return route == routes_.end() ? nullptr : &*route;
}

std::string_view path_of(const net::Request& request) {
  const std::string_view target = request.path_and_query();
  return target.substr(0, target.find('?'));
}

}  // namespace gatehouse::handlers
