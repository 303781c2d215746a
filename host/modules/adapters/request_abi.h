// A request as the ABI shows it to plugins. Views into the RequestView it was made from, which must
// outlive it; not movable, as it points into itself. No allocation up to 16 messages. One thread.
#pragma once

#include <gatehouse/abi.h>

#include <boost/container/small_vector.hpp>

#include "core/request/chat_request.h"

namespace gatehouse::modules {

class RequestAbi {
 public:
  explicit RequestAbi(const core::RequestView& view);
  RequestAbi(const RequestAbi&) = delete;
  RequestAbi& operator=(const RequestAbi&) = delete;

  const gh_chat_request* raw() const { return &raw_; }

 private:
  boost::container::small_vector<gh_message, 16> messages_;
  boost::container::small_vector<const gh_message*, 16> pointers_;
  gh_chat_request raw_;
};

}  // namespace gatehouse::modules
