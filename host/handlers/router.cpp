#include "handlers/router.h"

#include <algorithm>

#include "core/identifier.h"

namespace gatehouse::handlers {

namespace {

// Answers what no endpoint does.
class Refusal final : public Endpoint {
 public:
  explicit Refusal(core::Status status, std::string allow = {})
      : status_(std::move(status)), allow_(std::move(allow)) {}

 protected:
  void handle(net::Request& request, net::Response& response) override {
    if (!allow_.empty()) response.add_field("allow", allow_);
    if (status_.code() == core::Code::unauthenticated) response.add_field("www-authenticate", "Bearer");
    send_error(response, status_, request_id(request, core::new_exchange_id()));
  }

 private:
  core::Status status_;
  std::string allow_;
};

}  // namespace

void Router::add(std::string_view method, std::string path, MakeEndpoint make) {
  const bool prefix = path.ends_with("/*");
  if (prefix) path.pop_back();
  auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.path == path; });
  if (route == routes_.end()) route = routes_.insert(routes_.end(), Route{path, prefix, false, {}});
  route->methods.emplace(method, std::move(make));
}

void Router::open(std::string_view path) {
  for (Route& route : routes_) route.open |= route.path == path;
}

Poco::Net::HTTPRequestHandler* Router::createRequestHandler(const Poco::Net::HTTPServerRequest& poco_request) {
  const auto& request = static_cast<const net::Request&>(poco_request);
  const std::string_view path = path_of(request);
  const Route* route = find(path);
  if ((route == nullptr || !route->open) && !admits(request)) {
    return new Refusal(
        {core::Code::unauthenticated, "This listener needs the admin token: send it as 'authorization: Bearer'"});
  }
  if (route == nullptr) {
    return new Refusal({core::Code::not_found, "There is no endpoint " + std::string(path) + " here"});
  }
  const std::string_view method = request.method() == "HEAD" ? "GET" : request.method();
  if (const auto make = route->methods.find(method); make != route->methods.end()) return make->second().release();
  std::string allow;
  for (const auto& [known, make] : route->methods) allow += (allow.empty() ? "" : ", ") + known;
  return new Refusal({core::Code::method_not_allowed, std::string(path) + " takes " + allow + " only"}, allow);
}

const Router::Route* Router::find(std::string_view path) const {
  const auto matches = [&](const Route& r) {
    return r.prefix ? path.starts_with(r.path) && path != r.path : path == r.path;
  };
  const auto route = std::find_if(routes_.begin(), routes_.end(), matches);
  return route == routes_.end() ? nullptr : &*route;
}

bool Router::admits(const net::Request& request) const {
  if (token_.empty()) return true;
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view given = request.header("authorization");
  return given.starts_with(kBearer) && token_.matches(given.substr(kBearer.size()));
}

std::string_view path_of(const net::Request& request) {
  const std::string_view target = request.path_and_query();
  return target.substr(0, target.find('?'));
}

}  // namespace gatehouse::handlers
