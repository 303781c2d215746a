// The listening sockets that a service manager opened for this process, by the protocol of sd_listen_fds(3).
// One thread, before there are others.
#pragma once

#include <vector>

#include "core/descriptor.h"

namespace gatehouse::takeover {

// LISTEN_FDS of them, from 3 on, where LISTEN_PID is this process. The variables are gone afterwards, so that no child
// takes them for its own.
std::vector<core::Descriptor> sockets_of_service_manager();

}  // namespace gatehouse::takeover
