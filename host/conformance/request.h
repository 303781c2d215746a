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

// A text beside the messages' own.
struct BesideText {
  std::uint32_t kind = GH_TEXT_OTHER;
  std::string role, place, text;
};

struct Request {
  std::string name;
  std::vector<Message> messages;
  bool stream = false;
  std::string client = "client-1";
  std::string more = {};  // further fields of the JSON, each after a comma
  std::vector<BesideText> beside = {};

  // Lays the request out in the memory, as a gateway would show it.
  const gh_chat_request* lay_out(Memory& memory) const;
  std::size_t text_count() const { return messages.size() + beside.size(); }

 private:
  const void* lay_out_texts(Memory& memory) const;
};

Request ordinary_request();
std::vector<Request> odd_requests();

}  // namespace gatehouse::conformance
