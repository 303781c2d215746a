#include <Poco/Base64Encoder.h>
#include <Poco/SHA2Engine.h>

#include <sstream>
#include <string>

#include "dashboard_page.h"
#include "handlers/admin/endpoints.h"

namespace gatehouse::handlers {

namespace {

// The hash of the text between <tag> and </tag>, as a content security policy has it.
std::string hash_of(std::string_view tag) {
  const std::string open = "<" + std::string(tag) + ">", close = "</" + std::string(tag) + ">";
  const auto begin = kDashboardPage.find(open) + open.size();
  const std::string_view content = kDashboardPage.substr(begin, kDashboardPage.find(close, begin) - begin);
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  engine.update(content.data(), static_cast<unsigned>(content.size()));
  const Poco::DigestEngine::Digest& digest = engine.digest();
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.write(reinterpret_cast<const char*>(digest.data()), static_cast<std::streamsize>(digest.size()));
  encoder.close();
  return "'sha256-" + out.str() + "'";
}

// Only this page's own script and style, and only this gateway's answers.
const std::string& security_policy() {
  static const std::string policy = "default-src 'none'; script-src " + hash_of("script") + "; style-src " +
                                    hash_of("style") +
                                    "; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                    "frame-ancestors 'none'";
  return policy;
}

}  // namespace

void dashboard(const OperatorServices&, const Query&, net::Response& response, const std::string& id) {
  response.add_field("content-type", "text/html; charset=utf-8");
  response.add_field("content-security-policy", security_policy());
  response.add_field("x-content-type-options", "nosniff");
  response.add_field("referrer-policy", "no-referrer");
  response.add_field("cache-control", "no-cache");
  response.add_field("x-request-id", id);
  (void)response.send_body(kDashboardPage);  // a client that left is noticed by the connection
}

}  // namespace gatehouse::handlers
