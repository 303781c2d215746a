#include "dialects/anthropic/anthropic_parts.h"

namespace gatehouse::dialects {

using core::JsonArray;
using core::JsonObject;

namespace {

std::string data_url(object source, const std::string& path) {
  return "data:" + std::string(need_text(source, "media_type", path)) + ";base64," +
         std::string(need_text(source, "data", path));
}

void append_image(JsonObject& part, object block, const std::string& path) {
  const auto source = need<object>(block, "source", path);
  const std::string inside = path + ".source";
  const std::string_view type = need_text(source, "type", inside);
  if (type != "base64" && type != "url") throw unsupported(inside + ".type", "must be base64 or url");
  part.add("type", "image_url");
  JsonObject image(part.key("image_url"));
  image.add("url", type == "url" ? std::string(need_text(source, "url", inside)) : data_url(source, inside));
}

void append_text(JsonObject& part, std::string_view text) { part.add("type", "text").add("text", text); }

void append_document(JsonObject& part, object block, const std::string& path) {
  if (const auto citations = find<object>(block, "citations", path)) {
    if (find<bool>(*citations, "enabled", path + ".citations").value_or(false)) {
      throw unsupported(path + ".citations", "cannot be carried to a provider");
    }
  }
  const auto source = need<object>(block, "source", path);
  const std::string inside = path + ".source";
  const std::string_view type = need_text(source, "type", inside);
  if (type == "text") return append_text(part, need_text(source, "data", inside));
  if (type != "base64") throw unsupported(inside + ".type", "must be base64 or text");
  const std::string_view title = text_or_empty(block, "title");
  part.add("type", "file");
  JsonObject file(part.key("file"));
  file.add("filename", title.empty() ? "document.pdf" : title).add("file_data", data_url(source, inside));
}

}  // namespace

void append_anthropic_part(std::string& out, object block, const std::string& path) {
  JsonObject part(out);
  const std::string_view type = need_text(block, "type", path);
  if (type == "text") {
    if (const auto citations = field(block, "citations"); citations && raw(*citations) != "[]") {
      throw unsupported(path + ".citations", "cannot be carried to a provider");
    }
    append_text(part, need_text(block, "text", path));
  } else if (type == "image") {
    append_image(part, block, path);
  } else if (type == "document") {
    append_document(part, block, path);
  } else {
    throw unsupported(path + ".type", "is a kind of content that cannot be carried to a provider");
  }
  copy(block, {"cache_control"}, part);
}

void append_anthropic_content(JsonObject& message, element content, const std::string& path) {
  std::string_view text;
  if (content.get(text) == simdjson::SUCCESS) return void(message.add("content", text));
  JsonArray parts(message.key("content"));
  std::size_t index = 0;
  for (const element block : as<array>(content, path, "must be a string or an array of blocks")) {
    const std::string here = item(path, index++);
    append_anthropic_part(parts.next(), as<object>(block, here), here);
  }
}

}  // namespace gatehouse::dialects
