// The query parameters of a request, as every endpoint reads them: none that the endpoint does not know, none twice,
// none empty, each of them text. A value; any thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::handlers {

class Query {
 public:
  static constexpr std::size_t kLongest = 1'024;  // bytes of a value: a name, a date, a list of names, a page's place

  // `target`: path and query as they were sent. `known`: the endpoint's parameters; one that ends in "?" is a flag,
  // which stands alone or with the value 1. invalid_request names the parameter that is at fault.
  static core::Result<Query> read(std::string_view target, std::span<const std::string_view> known);

  bool given(std::string_view name) const { return values_.contains(name); }
  // Empty when it was not given.
  std::string value(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// "The query parameter 'NAME' must be WHAT", for programs too: invalid_request.
core::Status unfit_parameter(std::string_view name, const std::string& what);

// The row of a table that the parameter names; else what it must be.
template <class Row>
core::Result<const Row*> row_named(const Query& query, std::string_view parameter, std::span<const Row> rows) {
  std::string names;
  for (const Row& row : rows) {
    if (query.value(parameter) == row.name) return &row;
    names.append(names.empty() ? "" : ", ").append(row.name);
  }
  return unfit_parameter(parameter, "one of " + names);
}

// Percent-encoded text as it is meant: UTF-8 without control characters. invalid_request: it is none; the message
// begins with what is wrong with it ("holds …", "is not …").
core::Result<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace gatehouse::handlers
