#include "handlers/routing/router.h"

#include <Poco/Net/HTTPRequestHandler.h>

#include <algorithm>

#include "core/text/caller_text.h"
#include "core/text/identifier.h"
#include "handlers/routing/answer.h"

namespace gatehouse::handlers {

namespace {

// Poco wants an object for each request.
class Routed final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Routed(const Router& router) : router_(router) {}
  void handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) override {
    router_.answer(static_cast<net::Request&>(request), static_cast<net::Response&>(response));
  }

 private:
  const Router& router_;
};

std::string request_id(const net::Request& request) {
  const std::string_view theirs = request.header("x-request-id");
  return core::is_valid_request_id(theirs) ? std::string(theirs) : core::new_exchange_id();
}

void refuse(net::Response& response, const core::Status& status, const std::string& id) {
  if (status.code() == core::Code::unauthenticated) response.add_field("www-authenticate", "Bearer");
  send_error(response, status, id);
}

}  // namespace

void Router::add(std::string_view method, std::string path, Endpoint endpoint) {
  const bool prefix = path.ends_with("/*");
  if (prefix) path.pop_back();
  auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.path == path; });
  if (route == routes_.end()) route = routes_.insert(routes_.end(), Route{path, prefix, false, {}});
  route->methods.emplace(method, std::move(endpoint));
}

void Router::open(std::string_view path) {
  for (Route& route : routes_) route.open |= route.path == path;
}

Poco::Net::HTTPRequestHandler* Router::createRequestHandler(const Poco::Net::HTTPServerRequest&) {
  return new Routed(*this);
}

void Router::answer(net::Request& request, net::Response& response) const {
  const std::string id = request_id(request);
  if (const core::Status admitted = origins_.admit(request); !admitted.ok()) return refuse(response, admitted, id);
  origins_.expose(request, response);
  const std::string_view path = path_of(request);
  const Route* route = find(path);
  if (route != nullptr && origins_.is_preflight(request))
    return origins_.answer_preflight(request, response, methods_of(*route));
  if (admit_ && (route == nullptr || !route->open)) {
    if (const core::Status admitted = admit_(request); !admitted.ok()) return refuse(response, admitted, id);
  }
  if (route == nullptr)
    return refuse(response, {core::Code::not_found, "There is no endpoint " + core::excerpt(path) + " here"}, id);
  const std::string_view method = request.method() == "HEAD" ? "GET" : request.method();
  if (const auto endpoint = route->methods.find(method); endpoint != route->methods.end())
    return endpoint->second(request, response, id);
  const std::string allow = methods_of(*route);
  response.add_field("allow", allow);
  refuse(response, {core::Code::method_not_allowed, core::excerpt(path) + " takes " + allow + " only"}, id);
}

std::string Router::methods_of(const Route& route) {
  std::string methods;
  for (const auto& [known, endpoint] : route.methods) methods += (methods.empty() ? "" : ", ") + known;
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
