#include "core/request/tags.h"

#include <algorithm>

#include "core/padded_bytes.h"
#include "core/request/chat_request.h"
#include "core/request/json_reader.h"

namespace gatehouse::core {
namespace {

bool is_value(std::string_view text) {
  constexpr auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
  return !text.empty() && text.size() <= kMostTag && std::none_of(text.begin(), text.end(), is_control) &&
         simdjson::validate_utf8(text.data(), text.size());
}

Status unfit(const std::string& where) {
  Status status(Code::invalid_request, "'" + where + "' must be a string of 1 to " + std::to_string(kMostTag) +
                                           " bytes of UTF-8 without control characters: limits count by it");
  status.failure().param = where;
  return status;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool has(const Tags& tags, std::string_view name) {
  return std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == name; });
}

Status read_metadata(std::span<const std::string> names, std::string_view metadata, Tags& tags) try {
  if (!metadata.starts_with('{')) return {};
  simdjson::ondemand::parser parser;
  const PaddedBytes bytes(metadata);
  JsonReader json(parser, bytes, ChatRequest::kMaxDepth);
  Status wrong;
  json.root([&](std::string_view name, const char*, JsonReader::Value value) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return (void)json.skip(value);
    const bool is_text = JsonReader::type(value) == JsonReader::Type::string;
    const std::string text(is_text ? json.text(value).value : std::string_view());
    if (!is_text) json.skip(value);
    if (!is_value(text))
      wrong = unfit("metadata." + std::string(name));
    else
      tags.emplace_back(name, text);
  });
  return wrong;
} catch (const BadJson& bad) {
  return {Code::invalid_request, "'metadata': " + bad.message};
} catch (const simdjson::simdjson_error& error) {
  return {Code::invalid_request, "'metadata' is not valid JSON: " + std::string(error.what())};
}

Status read_header(std::span<const std::string> names, std::string_view header, Tags& tags) {
  while (!header.empty()) {
    const std::string_view one = header.substr(0, header.find(','));
    header.remove_prefix(std::min(one.size() + 1, header.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view name = trimmed(one.substr(0, equals));
    const std::string_view value = trimmed(one.substr(std::min(equals + 1, one.size())));
    if (std::find(names.begin(), names.end(), name) == names.end() || has(tags, name)) continue;
    if (!is_value(value)) return unfit("x-gatehouse-tags: " + std::string(name));
    tags.emplace_back(name, value);
  }
  return {};
}

}  // namespace

Result<Tags> read_tags(std::span<const std::string> names, std::string_view header, std::string_view metadata) {
  Tags tags;
  GH_TRY(read_metadata(names, metadata, tags));
  GH_TRY(read_header(names, header, tags));
  return tags;
}

}  // namespace gatehouse::core
