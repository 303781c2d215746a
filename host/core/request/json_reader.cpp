#include "core/request/json_reader.h"

#include <cstring>

namespace gatehouse::core {

namespace {

std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) {
    token.remove_suffix(1);
  }
  return token;
}

}  // namespace

JsonReader::JsonReader(simdjson::ondemand::parser& parser, const PaddedBytes& bytes, std::size_t max_depth)
    : bytes_(bytes.view()), depth_left_(max_depth) {
  static_assert(PaddedBytes::kPadding >= simdjson::SIMDJSON_PADDING);
  document_ = parser.iterate(bytes_.data(), bytes_.size(), bytes_.size() + PaddedBytes::kPadding);
}

simdjson::ondemand::object JsonReader::begin_root() {
  if (document_.type() != Type::object) throw BadJson{"The request body must be a JSON object", ""};
  --depth_left_;
  return document_.get_object();
}

void JsonReader::throw_twice(const TwiceNamed& name) {
  const std::string path(cut(name.path, kMostName));
  throw BadJson{"'" + path + "' is given twice", path};
}

void JsonReader::end_root() {
  const char* next = nullptr;
  if (document_.current_location().get(next) == simdjson::SUCCESS) {
    throw BadJson{"The request body has more after its JSON object ends", ""};
  }
}

const char* JsonReader::enter(Value& value) {
  if (depth_left_ == 0) throw BadJson{"The JSON is nested too deeply", ""};
  --depth_left_;
  return std::string_view(value.raw_json_token()).data();
}

// The parser stands on the token after the closing bracket; nothing but space and at most one
// comma lies between.
std::string_view JsonReader::leave(const char* begin) {
  ++depth_left_;
  const char* end = nullptr;
  if (document_.current_location().get(end) != simdjson::SUCCESS) end = bytes_.data() + bytes_.size();
  while (end[-1] != '}' && end[-1] != ']') --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

JsonReader::Text JsonReader::text(Value value) {
  const std::string_view raw = without_trailing_space(value.raw_json_token());
  if (raw.size() >= 2 && std::memchr(raw.data(), '\\', raw.size()) == nullptr) {
    const std::string_view unescaped = value.get_string();  // also consumes it
    return {raw, {raw.data() + 1, unescaped.size()}, false};
  }
  return {raw, value.get_string(), true};
}

std::string_view JsonReader::skip(Value value) {
  const std::string_view token = without_trailing_space(value.raw_json_token());
  switch (value.type()) {
    case Type::object: return object(value, [this](std::string_view, const char*, Value member) { skip(member); });
    case Type::array: return array(value, [this](Value element) { skip(element); });
    case Type::string: (void)std::string_view(value.get_string()); break;
    case Type::number: (void)simdjson::ondemand::number(value.get_number()); break;
    case Type::boolean: (void)bool(value.get_bool()); break;
    case Type::null:
      if (!bool(value.is_null())) throw BadJson{"The JSON has a word that is not null, true or false", ""};
      break;
  }
  return token;
}

}  // namespace gatehouse::core
