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

struct ServerState {
  ServerState(const ServerOptions& options_, Poco::Net::HTTPRequestHandlerFactory& factory_);

  const ServerOptions options;
  Poco::Net::HTTPRequestHandlerFactory& factory;
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;  // Poco's view of the options

  std::atomic<bool> draining{false};  // answers say "connection: close"; idle connections are closed
  const core::Descriptor drain;       // an eventfd, readable once exchanges under way must end

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};   // connections and requests turned away with 503
  std::atomic<std::uint64_t> requests{0};  // handed to handlers
  std::atomic<unsigned> in_flight{0};      // requests in handlers
};

}  // namespace gatehouse::net
