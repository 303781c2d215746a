// Tells an exchange at once that its client has hung up or that the drain is over: whoever waits for a provider
// polls these descriptors, too. Bytes that the client sends ahead are no hang-up. One object per exchange;
// used by one thread at a time.
#pragma once

#include <array>

#include "core/cancellation.h"

namespace gatehouse::net {

class Request;

class ClientWatch final : public core::Cancellation {
 public:
  // client: its socket. drain: a descriptor that becomes readable once exchanges must end.
  ClientWatch(int client, int drain);
  explicit ClientWatch(const Request& request);

  std::span<const core::Watch> watches() const override { return watches_; }
  core::Status check() override;

 private:
  std::array<core::Watch, 2> watches_;
};

}  // namespace gatehouse::net
