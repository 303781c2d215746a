#include "modules/adapters/request_abi.h"

#include <gatehouse/views.hpp>

namespace gatehouse::modules {

RequestAbi::RequestAbi(const core::RequestView& view) {
  const auto messages = view.request.messages();
  messages_.reserve(messages.size());
  pointers_.reserve(messages.size());
  for (const core::Message& message : messages) {
    messages_.push_back({sizeof(gh_message), 0, str(message.role), str(message.text), str(message.json)});
    pointers_.push_back(&messages_.back());
  }
  raw_ = {sizeof(gh_chat_request), view.request.stream(), str(view.id),     str(view.client),      str(view.alias),
          str(view.model),         pointers_.data(),      pointers_.size(), view.estimated_tokens, str(view.json)};
}

}  // namespace gatehouse::modules
