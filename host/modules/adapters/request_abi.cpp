#include "modules/adapters/request_abi.h"

#include <gatehouse/views.hpp>
#include <new>
#include <utility>

namespace gatehouse::modules {

namespace {

std::uint32_t kind_of(core::TextKind kind) {
  switch (kind) {
    case core::TextKind::content: return GH_TEXT_CONTENT;
    case core::TextKind::tool_call: return GH_TEXT_TOOL_CALL;
    case core::TextKind::definition: return GH_TEXT_DEFINITION;
    case core::TextKind::reasoning: return GH_TEXT_REASONING;
    case core::TextKind::tokens: return GH_TEXT_TOKENS;
    case core::TextKind::other: break;
  }
  return GH_TEXT_OTHER;
}

}  // namespace

RequestAbi::RequestAbi(const core::RequestView& view) : request_(view.request) {
  const auto messages = view.request.messages();
  messages_.reserve(messages.size());
  pointers_.reserve(messages.size());
  for (const core::Message& message : messages) {
    messages_.push_back({sizeof(gh_message), 0, str(message.role), str(message.text), str(message.json)});
    pointers_.push_back(&messages_.back());
  }
  raw_ = {sizeof(gh_chat_request), view.request.stream(), str(view.id),     str(view.client),
          str(view.alias),         str(view.model),       pointers_.data(), pointers_.size(),
          view.estimated_tokens,   str(view.json),        list_texts,       this};
}

gh_status RequestAbi::list_texts(const gh_chat_request* request, const gh_text* const** list,
                                 std::size_t* count) noexcept {
  auto& self = *static_cast<RequestAbi*>(request->ctx);
  if (const gh_status made = self.make_texts(); made != GH_OK) return made;
  *list = self.text_pointers_.data();
  *count = self.text_pointers_.size();
  return GH_OK;
}

gh_status RequestAbi::make_texts() try {
  if (texts_) return GH_OK;
  core::Result<core::Texts> texts = core::Texts::of(request_);
  if (!texts.ok()) return GH_EINTERNAL;
  raw_texts_.reserve(texts->all().size());
  text_pointers_.reserve(texts->all().size());
  for (const core::Text& text : texts->all()) {
    raw_texts_.push_back({sizeof(gh_text), kind_of(text.kind), str(text.role), str(text.place), str(text.text)});
    text_pointers_.push_back(&raw_texts_.back());
  }
  texts_ = *std::move(texts);
  return GH_OK;
} catch (const std::bad_alloc&) {
  return GH_EINTERNAL;
}

}  // namespace gatehouse::modules
