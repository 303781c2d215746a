// Writes JSON, with the writers that plugins have. One thread at a time.
#pragma once

#include <gatehouse/json_write.hpp>

namespace gatehouse::core {

using gatehouse::JsonArray;
using gatehouse::JsonObject;

// Adds a list, each element by append(out, element).
template <class List, class Append>
void append_list(JsonObject& json, std::string_view name, const List& list, Append append) {
  std::string& out = json.key(name) += '[';
  for (const auto& element : list) {
    if (out.back() != '[') out += ',';
    append(out, element);
  }
  out += ']';
}

}  // namespace gatehouse::core
