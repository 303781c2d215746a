// Policies: see a request before any provider is called, streamed text and the whole answer on its way
// out, and decide. The instance is shared by all threads, hence const. GH_EXPORT_POLICY.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/chat.hpp>

namespace gatehouse {

// Another text in the place of ChatRequest::texts()[index].
struct TextEdit {
  std::size_t index = 0;
  std::string text;
};

// Made by allow(), modify(), edit() and deny(); one without any of them is a failure.
struct Verdict {
  gh_verdict value = GH_FAILED;
  std::string content;
  std::string code;
  std::string text;
  std::vector<TextEdit> edits = {};
};

inline Verdict allow() { return {GH_ALLOW, {}, {}, {}}; }
// Go on with content: the whole request's JSON for on_request, text for the others. code and text say
// why, in the record.
inline Verdict modify(std::string content, std::string code = {}, std::string text = {}) {
  return {GH_MODIFY, std::move(content), std::move(code), std::move(text)};
}
// Of a request: go on with these texts in the places of the others, and with the rest as its caller wrote it.
// Since 1.3.
inline Verdict edit(std::vector<TextEdit> edits, std::string code = {}, std::string text = {}) {
  return {GH_MODIFY, {}, std::move(code), std::move(text), std::move(edits)};
}
// Stop here. code is machine-readable ("model_disabled"), text a sentence; the caller sees both.
inline Verdict deny(std::string code, std::string text) { return {GH_DENY, {}, std::move(code), std::move(text)}; }

enum class StreamMode : std::uint32_t {
  none = GH_STREAM_NONE,
  delta = GH_STREAM_DELTA,    // every piece of text as it comes: a word may be split over two
  window = GH_STREAM_WINDOW,  // windows that overlap, so that nothing hides across a border
};

}  // namespace gatehouse

#include <gatehouse/detail/policy_face.hpp>  // needs what is above

// T is the configured instance. on_request is needed, the rest is optional; none may be overloaded.
//   gatehouse::Verdict on_request(gatehouse::ChatRequest) const
//   gatehouse::Verdict on_chunk(std::string_view text) const       streamed text, as kStreamMode says
//   gatehouse::Verdict on_response(std::string_view text) const    the whole text; after a stream it has
//                                                                  been sent: a denial is for the record only
//   static constexpr auto kStreamMode = gatehouse::StreamMode::…   window unless said otherwise
//   struct Exchange { Exchange(const T&, gatehouse::ChatRequest); }  state of one exchange, made before
//       on_request; each of the three then takes an Exchange& as its last argument
// Throwing means "could not decide": the operator's on_error says what that counts as.
#define GH_EXPORT_POLICY(T, Id, Version, Summary) \
  GH_EXPORT_COMPONENT(gatehouse::detail::PolicyFace<T>, Id, Version, Summary)
