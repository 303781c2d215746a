// A caller's body in one dialect, DIALECT of HEADER: read or refused, never worse; what is read is a chat request in
// which no object has a name twice, and every refusal can be said. Its texts, each put in its own place again, are the
// same texts.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/request/texts.h"
#include HEADER

namespace {

// At any depth, as another reader sees it.
bool has_name_twice(const simdjson::dom::element& value) {
  simdjson::dom::array list;
  simdjson::dom::object members;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const auto item : list)
      if (has_name_twice(item)) return true;
  } else if (value.get(members) == simdjson::SUCCESS) {
    std::set<std::string_view> names;
    for (const auto [name, inner] : members)
      if (!names.insert(name).second || has_name_twice(inner)) return true;
  }
  return false;
}

bool has_name_twice(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  return parser.parse(json.data(), json.size()).get(root) == simdjson::SUCCESS && has_name_twice(root);
}

void check_texts(const gatehouse::core::ChatRequest& request) {
  using namespace gatehouse::core;
  const Result<Texts> texts = Texts::of(request);
  if (!texts.ok()) std::abort();
  std::vector<TextEdit> edits;
  for (std::size_t i = 0; i < texts->all().size(); ++i) {
    if (texts->all()[i].kind != TextKind::tokens) edits.push_back({i, std::string(texts->all()[i].text)});
  }
  const Result<std::string> edited = texts->edited(edits);
  if (!edited.ok()) std::abort();
  const Result<ChatRequest> again = ChatRequest::parse(PaddedBytes(*edited), request.task());
  if (!again.ok()) std::abort();
  const Result<Texts> same = Texts::of(*again);
  if (!same.ok() || !std::equal(texts->all().begin(), texts->all().end(), same->all().begin(), same->all().end(),
                                [](const Text& a, const Text& b) {
                                  return a.kind == b.kind && a.role == b.role && a.place == b.place &&
                                         (a.kind == TextKind::tokens || a.text == b.text);
                                }))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse;
  static const dialects::DIALECT dialect;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const core::Result<dialects::Question> question = dialect.read(core::PaddedBytes(body));
  if (!question.ok()) {
    std::string error;
    dialect.error(question.status(), "id", error);
  } else if (!core::ChatRequest::parse(core::PaddedBytes(question->request.json())).ok() || has_name_twice(body)) {
    std::abort();
  } else {
    check_texts(question->request);
  }
  return 0;
}
