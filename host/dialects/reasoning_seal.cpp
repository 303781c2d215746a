#include "dialects/reasoning_seal.h"

#include <charconv>

namespace gatehouse::dialects {

namespace {

constexpr std::string_view kPrefix = "gatehouse:";

// Takes the text before the next colon off the front.
std::optional<std::string_view> take(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const std::string_view taken = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return taken;
}

}  // namespace

// gatehouse:<format>:<w or s>:<length of the id>:<id><data>
std::string wrap(const Seal& seal) {
  std::string text(kPrefix);
  text.append(seal.format).append(seal.words ? ":w:" : ":s:").append(std::to_string(seal.tool_call.size()));
  return text.append(":").append(seal.tool_call).append(seal.data);
}

std::optional<Seal> unwrap(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const auto format = take(text), kind = take(text), length = take(text);
  std::size_t size = 0;
  if (!format || !kind || !length || (*kind != "w" && *kind != "s")) return std::nullopt;
  const char* const end = length->data() + length->size();
  const auto read = std::from_chars(length->data(), end, size);
  if (read.ec != std::errc() || read.ptr != end || size > text.size()) return std::nullopt;
  return Seal{*format, text.substr(0, size), text.substr(size), *kind == "w"};
}

void append_reasoning_detail(core::JsonArray& details, std::size_t index, std::string_view words, const Seal& seal) {
  core::JsonObject detail(details.next());
  detail.add("type", seal.words ? "reasoning.text" : "reasoning.encrypted").add("index", index);
  detail.add("format", seal.format);
  if (seal.words) {
    detail.add("text", words);
    if (!seal.data.empty()) detail.add("signature", seal.data);
  } else {
    if (!seal.tool_call.empty()) detail.add("id", seal.tool_call);
    detail.add("data", seal.data);
  }
}

}  // namespace gatehouse::dialects
