// Which web pages may use a listener. A browser lets any page send requests to every address of its reader's machine,
// so Host, Origin and Sec-Fetch-Site are looked at before anything else (Fetch standard; Fetch Metadata; RFC 6454).
// Made once at start; then any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "net/front/request.h"
#include "net/front/response.h"

namespace gatehouse::handlers {

class WebOrigins {
 public:
  // listen: the host that the listener is bound to. hosts: further names it is called by. origins: pages of other
  // sites that may use it, each as a browser writes it, "https://app.example".
  WebOrigins(std::string_view listen, std::vector<std::string> hosts, std::vector<std::string> origins);

  // Whether the request may be looked at at all. denied: the Host is not ours, or a page of another site asks.
  // invalid_request (415): a body of a kind that pages can send without asking first.
  core::Status admit(const net::Request& request) const;

  // For a page of a listed origin: lets it read the answer. Goes before the answer is begun.
  void expose(const net::Request& request, net::Response& response) const;
  // Whether a browser asks what a page of a listed origin may send. `methods`: what the path takes, "GET, POST".
  bool is_preflight(const net::Request& request) const;
  void answer_preflight(const net::Request& request, net::Response& response, std::string_view methods) const;

 private:
  bool is_our_host(std::string_view host) const;
  bool is_listed(std::string_view origin) const;

  const std::string listen_;
  const std::vector<std::string> hosts_;
  const std::vector<std::string> origins_;
  bool loopback_ = false;  // reached from this machine by its loopback names
  bool any_address_ = false;
};

// The name of a Host field or an authority: lower case, without port, brackets and a last dot.
std::string host_name(std::string_view authority);

}  // namespace gatehouse::handlers
