// The requests that providers and policies are shown: an ordinary one, and the rare ones that authors forget. Values;
// any thread.
#pragma once

#include <gatehouse/abi.h>

#include <string>
#include <vector>

#include "conformance/memory.h"

namespace gatehouse::conformance {

struct Message {
  std::string role, text;
  std::string json = {};  // when it is more than these two
};

struct Request {
  std::string name;
  std::vector<Message> messages;
  bool stream = false;
  std::string client = "client-1";
  std::string more = {};  // further fields of the JSON, each after a comma

  // Lays the request out in the memory, as a gateway would show it.
  const gh_chat_request* lay_out(Memory& memory) const;
};

Request ordinary_request();
std::vector<Request> odd_requests();

}  // namespace gatehouse::conformance
