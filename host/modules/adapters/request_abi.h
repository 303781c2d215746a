// A request as the ABI shows it to plugins. Views into the RequestView it was made from, which must
// outlive it; not movable, as it points into itself. No allocation up to 16 messages, unless its texts are asked for.
// One thread.
#pragma once

#include <gatehouse/abi.h>

#include <boost/container/small_vector.hpp>
#include <optional>
#include <vector>

#include "core/request/chat_request.h"
#include "core/request/texts.h"

namespace gatehouse::modules {

class RequestAbi {
 public:
  explicit RequestAbi(const core::RequestView& view);
  RequestAbi(const RequestAbi&) = delete;
  RequestAbi& operator=(const RequestAbi&) = delete;

  const gh_chat_request* raw() const { return &raw_; }
  const core::Texts* texts() const { return texts_ ? &*texts_ : nullptr; }  // nullptr: nobody has asked for them

 private:
  static gh_status list_texts(const gh_chat_request* request, const gh_text* const** list, std::size_t* count) noexcept;
  gh_status make_texts();

  const core::ChatRequest& request_;
  boost::container::small_vector<gh_message, 16> messages_;
  boost::container::small_vector<const gh_message*, 16> pointers_;
  gh_chat_request raw_;
  std::optional<core::Texts> texts_;
  std::vector<gh_text> raw_texts_;
  std::vector<const gh_text*> text_pointers_;
};

}  // namespace gatehouse::modules
