// What a server's threads share: settings, the drain, and the count of what goes on.
// Thread-safe.
#pragma once

#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerParams.h>

#include <atomic>
#include <cstdint>

#include "core/descriptor.h"
#include "net/front/server_options.h"

namespace gatehouse::net {

// Another process that goes on with connections. Thread-safe.
class Heir {
 public:
  virtual ~Heir() = default;
  virtual bool inherit(int connection) = 0;  // false: it cannot be given now. The descriptor stays ours to close
};

struct ServerState {
  ServerState(const ServerOptions& options_, Poco::Net::HTTPRequestHandlerFactory& factory_);

  const ServerOptions options;
  Poco::Net::HTTPRequestHandlerFactory& factory;
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;  // Poco's view of the options

  std::atomic<bool> draining{false};  // answers say "connection: close"; idle connections are closed
  std::atomic<Heir*> heir{nullptr};   // who gets idle connections instead; nullptr: nobody
  const core::Descriptor drain;       // an eventfd, readable once exchanges under way must end

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};   // connections and requests turned away with 503
  std::atomic<std::uint64_t> requests{0};  // handed to handlers
  std::atomic<unsigned> in_flight{0};      // requests in handlers
};

}  // namespace gatehouse::net
