#include "handlers/routing/query.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <simdjson.h>

#include <algorithm>

namespace gatehouse::handlers {

using core::Code;
using core::Result;
using core::Status;

namespace {

// An endpoint's parameter, as its table writes it.
struct Parameter {
  std::string_view name;
  bool flag = false;
};

Parameter known_parameter(std::string_view known) {
  const bool flag = known.ends_with('?');
  return {known.substr(0, known.size() - (flag ? 1 : 0)), flag};
}

Status wrong(std::string_view name, const std::string& what) {
  Status status(Code::invalid_request, "The query parameter '" + std::string(name) + "' " + what);
  status.failure().param = name;
  return status;
}

// No more of a stranger's name than a message has room for, in whole characters.
std::string_view begin_of(std::string_view name) {
  std::size_t length = std::min<std::size_t>(name.size(), 64);
  while (length < name.size() && length > 0 && (name[length] & 0xC0) == 0x80) --length;
  return name.substr(0, length);
}

Status unknown(std::string_view name, std::span<const std::string_view> known) {
  std::string names;
  for (const std::string_view one : known) names += (names.empty() ? "" : ", ") + std::string(known_parameter(one).name);
  return wrong(begin_of(name), "is not known here; " + (names.empty() ? "there is none" : "known are: " + names));
}

Result<Parameter> find(std::string_view written, std::span<const std::string_view> known) {
  const Result<std::string> name = percent_decoded(written, true);
  if (!name.ok())
    return Status(Code::invalid_request, "A query parameter's name " + std::string(name.status().message()));
  for (const std::string_view one : known)
    if (known_parameter(one).name == *name) return known_parameter(one);
  return unknown(*name, known);
}

Result<std::string> value_of(const Parameter& parameter, std::string_view written) {
  if (written.size() > 3 * Query::kLongest) return wrong(parameter.name, "is too long");
  Result<std::string> value = percent_decoded(written, true);
  if (!value.ok()) return wrong(parameter.name, std::string(value.status().message()));
  if (value->size() > Query::kLongest) return wrong(parameter.name, "is too long");
  if (parameter.flag && !value->empty() && *value != "1") return wrong(parameter.name, "stands alone or is 1");
  if (!parameter.flag && value->empty()) return wrong(parameter.name, "is empty; give it a value or leave it out");
  return value;
}

}  // namespace

Result<Query> Query::read(std::string_view target, std::span<const std::string_view> known) {
  Query query;
  std::string_view rest = target.substr(std::min(target.find('?'), target.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the '?', or a '&'
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(one.size());
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    const Result<Parameter> parameter = find(one.substr(0, equals), known);
    if (!parameter.ok()) return parameter.status();
    Result<std::string> value = value_of(*parameter, one.substr(std::min(equals + 1, one.size())));
    if (!value.ok()) return value.status();
    if (!query.values_.emplace(parameter->name, *std::move(value)).second)
      return wrong(parameter->name, "is given more than once");
  }
  return query;
}

Result<std::string> percent_decoded(std::string_view text, bool plus_is_space) try {
  std::string encoded(text), decoded;
  if (plus_is_space) std::replace(encoded.begin(), encoded.end(), '+', ' ');
  Poco::URI::decode(encoded, decoded);
  const bool printable =
      std::none_of(decoded.begin(), decoded.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
  if (!printable) return Status(Code::invalid_request, "holds a control character");
  if (!simdjson::validate_utf8(decoded.data(), decoded.size())) return Status(Code::invalid_request, "is not valid UTF-8");
  return decoded;
} catch (const Poco::URISyntaxException&) {
  return Status(Code::invalid_request, "holds a '%' that two hexadecimal digits do not follow");
}

core::Status unfit_parameter(std::string_view name, const std::string& what) {
  core::Status status(core::Code::invalid_request, "The query parameter '" + std::string(name) + "' must be " + what);
  status.failure().param = name;
  return status;
}

}  // namespace gatehouse::handlers
