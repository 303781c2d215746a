#include "store/books/usage_cursor.h"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>

#include <array>
#include <charconv>
#include <iterator>
#include <sstream>
#include <string_view>

namespace gatehouse::store {

namespace {

constexpr int kEncoding = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

// Each field as its length, a colon and its bytes: names may hold any character.
std::string packed(const UsagePlace& place) {
  std::string text;
  for (const std::string& field : {std::to_string(place.day), place.client, place.key, place.model})
    text += std::to_string(field.size()) + ":" + field;
  return text;
}

std::optional<UsagePlace> unpacked(std::string_view text) {
  std::array<std::string, 4> fields;
  for (std::string& field : fields) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits >= text.size() || *end != ':' || size > text.size() - digits - 1) return {};
    field = text.substr(digits + 1, size);
    text.remove_prefix(digits + 1 + size);
  }
  UsagePlace place{0, fields[1], fields[2], fields[3]};
  const char* const last = fields[0].data() + fields[0].size();
  const auto [end, error] = std::from_chars(fields[0].data(), last, place.day);
  if (!text.empty() || error != std::errc() || end != last) return {};
  return place;
}

}  // namespace

std::string usage_cursor(const UsagePage& page) {
  if (!page.more || page.lines.empty()) return {};
  const limits::UsageLine& last = page.lines.back();
  std::ostringstream out;
  Poco::Base64Encoder encoder(out, kEncoding);
  encoder << packed({last.day, last.client, last.key, last.model});
  encoder.close();
  return out.str();
}

std::optional<UsagePlace> usage_place(const std::string& cursor) {
  std::istringstream in(cursor);
  Poco::Base64Decoder decoder(in, kEncoding);
  std::string bytes;
  try {
    bytes.assign(std::istreambuf_iterator<char>(decoder), {});
  } catch (const Poco::Exception&) {
    return {};
  }
  return unpacked(bytes);
}

}  // namespace gatehouse::store
