#include "net/upstream/resolve.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "core/descriptor.h"
#include "core/wait.h"

namespace gatehouse::net {
namespace {

using Addresses = std::vector<Poco::Net::IPAddress>;

struct Found {
  Addresses addresses;
  std::string why_not;  // where there are none
};

// Shared by who asks and who looks up: either may be the last to leave.
class Lookup {
 public:
  Lookup() : done_(::eventfd(0, EFD_CLOEXEC)) {}

  int fd() const { return done_.get(); }

  void run(const std::string& host) {
    Found found;
    try {
      found.addresses = Poco::Net::DNS::hostByName(host).addresses();
      if (found.addresses.empty()) found.why_not = "it has no address";
    } catch (const Poco::Exception& error) {
      found.why_not = error.name();
    } catch (const std::exception& error) {
      found.why_not = error.what();
    }
    answer_.set_value(std::move(found));
    ::eventfd_write(done_.get(), 1);
  }

  Found take() { return answer_.get_future().get(); }  // REQUIRES: fd() is readable

 private:
  const core::Descriptor done_;
  std::promise<Found> answer_;
};

core::Status unresolved(const Url& url, std::string_view why) {
  return blame(core::Code::upstream_unreachable, url.authority,
               "could not be found: its name did not resolve (" + std::string(why) +
                   "); check base_url and the DNS of this machine");
}

core::Result<Addresses> look_up(const Url& url, Deadlines& deadlines) try {
  const auto lookup = std::make_shared<Lookup>();
  if (lookup->fd() < 0) return unresolved(url, std::generic_category().message(errno));
  core::watch(lookup->fd());
  std::thread([lookup, host = std::string(url.host)] { lookup->run(host); }).detach();
  GH_TRY(deadlines.wait(lookup->fd(), POLLIN).status());
  Found found = lookup->take();
  if (found.addresses.empty()) return unresolved(url, found.why_not);
  return std::move(found.addresses);
} catch (const std::system_error& error) {  // no thread to be had
  return unresolved(url, error.what());
}

}  // namespace

core::Result<std::vector<Poco::Net::SocketAddress>> resolve(const Url& url, Deadlines& deadlines) {
  Poco::Net::IPAddress literal;
  if (Poco::Net::IPAddress::tryParse(std::string(url.host), literal)) {
    return std::vector{Poco::Net::SocketAddress(literal, url.port)};
  }
  GH_ASSIGN(const Addresses found, look_up(url, deadlines));
  std::vector<Poco::Net::SocketAddress> addresses;
  for (const Poco::Net::IPAddress& address : found) addresses.emplace_back(address, url.port);
  return addresses;
}

}  // namespace gatehouse::net
