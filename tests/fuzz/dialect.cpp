// A caller's body in one dialect, DIALECT of HEADER: read or refused, never worse; what is read is a chat request in
// which no object has a name twice, and every refusal can be said.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

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
  }
  return 0;
}
