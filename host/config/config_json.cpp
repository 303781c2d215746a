#include "config/config_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/text/json_writer.h"

namespace gatehouse::config {
namespace {

constexpr std::string_view kPlain = "?";  // the tag that yaml-cpp gives a scalar which has none
constexpr std::string_view kQuoted = "!";
constexpr std::string_view kString = "tag:yaml.org,2002:str";

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view without_sign(std::string_view text) {
  return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

// 0o17 and 0x1F, which JSON cannot write.
std::optional<std::uint64_t> prefixed_integer(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return std::nullopt;
  text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  text = without_sign(text);
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    if (!all_digits(without_sign(text.substr(e + 1)))) return false;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty()) return all_digits(fraction);
  return all_digits(whole) && (fraction.empty() || all_digits(fraction));
}

void append_integer(std::string& out, std::string_view text) {
  if (text[0] == '-') out += '-';
  std::string_view digits = without_sign(text);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));  // JSON has no 007
  out += digits;
}

bool append_float(std::string& out, std::string_view text) {
  double value = 0;
  const std::string_view parsed = text.starts_with('+') ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(parsed.data(), parsed.data() + parsed.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return false;
  std::array<char, 32> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), written.ptr);
  return true;
}

// False if JSON cannot write the number.
bool append_plain(std::string& out, std::string_view text) {
  constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 3> kTrue{"true", "True", "TRUE"};
  constexpr std::array<std::string_view, 3> kFalse{"false", "False", "FALSE"};
  constexpr std::array<std::string_view, 6> kNotFinite{".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
  if (one_of(text, kNull)) {
    out += "null";
  } else if (one_of(text, kTrue)) {
    out += "true";
  } else if (one_of(text, kFalse)) {
    out += "false";
  } else if (all_digits(without_sign(text))) {
    append_integer(out, text);
  } else if (const auto integer = prefixed_integer(text)) {
    out += std::to_string(*integer);
  } else if (is_float(text)) {
    return append_float(out, text);
  } else if (one_of(without_sign(text), kNotFinite)) {
    return false;
  } else {
    append_quoted(out, text);
  }
  return true;
}

void append_scalar(std::string& out, const Node& node) {
  const auto text = node.scalar("a value");
  if (!text) return;
  const std::string& tag = node.yaml().Tag();
  if (tag == kQuoted || tag == kString) {
    append_quoted(out, *text);
  } else if (!tag.empty() && tag != kPlain) {
    node.fail("has the tag " + tag + "; only plain values and !!str are understood here");
  } else if (!append_plain(out, *text)) {
    node.fail("must be a number JSON can hold, not " + node.shown());
  }
}

void append(std::string& out, const Node& node) {
  if (node.yaml().IsMap()) {
    core::JsonObject object(out);
    for (const auto& [key, value] : node.members()) {
      std::string name;
      append_escaped(name, key);
      append(object.key(name), value);
    }
  } else if (node.yaml().IsSequence()) {
    core::JsonArray(out).add_each(node.items(), append);
  } else if (node.is_null()) {
    out += "null";
  } else {
    append_scalar(out, node);
  }
}

}  // namespace

std::string config_json(const Node& node) {
  if (node.is_null()) return "{}";
  if (!node.yaml().IsMap()) {
    node.fail("must be a mapping of the plugin's own settings, not " + node.shown());
    return "{}";
  }
  std::string out;
  append(out, node);
  return out;
}

}  // namespace gatehouse::config
