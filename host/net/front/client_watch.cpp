#include "net/front/client_watch.h"

#include <poll.h>

#include "core/wait.h"
#include "net/front/request.h"

namespace gatehouse::net {

ClientWatch::ClientWatch(int client, int drain) : watches_{{{client, POLLRDHUP}, {drain, POLLIN}}} {}
ClientWatch::ClientWatch(const Request& request) : ClientWatch(request.client_fd(), request.drain_fd()) {}

core::Status ClientWatch::check() {
  pollfd polled[] = {{watches_[0].fd, watches_[0].events, 0}, {watches_[1].fd, watches_[1].events, 0}};
  GH_TRY(core::wait(polled, core::WaitClock::time_point::min()).status());
  // Hang-up and error are reported whether asked for or not.
  if (polled[0].revents != 0) return {core::Code::client_gone, "The client closed the connection."};
  if (polled[1].revents != 0) return {core::Code::overloaded, "The gateway is shutting down; send the request again."};
  return {};
}

}  // namespace gatehouse::net
