// A request's query: read or refused; what is read is short text that was asked for, and every refusal can be said.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "handlers/routing/query.h"

namespace {

using gatehouse::handlers::Query;

constexpr std::string_view kKnown[] = {"policy", "since", "by", "retry?"};
constexpr std::size_t kLongestRefusal = 512;  // bytes

bool is_text(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size()) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

bool is_sound(const Query& query) {
  return std::all_of(std::begin(kKnown), std::end(kKnown), [&](std::string_view known) {
    const bool flag = known.ends_with('?');
    const std::string_view name = known.substr(0, known.size() - (flag ? 1 : 0));
    const std::string value = query.value(name);
    if (!query.given(name)) return value.empty();
    return is_text(value) && value.size() <= Query::kLongest && (flag ? value.empty() || value == "1" : !value.empty());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string target = "/path?" + std::string(reinterpret_cast<const char*>(data), size);
  const auto query = Query::read(target, kKnown);
  if (query.ok()) {
    if (!is_sound(*query)) std::abort();
  } else {
    const gatehouse::core::Status refusal = query.status();
    if (!is_text(refusal.message()) || refusal.message().size() > kLongestRefusal) std::abort();
  }
  return 0;
}
