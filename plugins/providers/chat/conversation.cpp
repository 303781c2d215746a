#include "conversation.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "data_url.h"

namespace chat {

namespace {

using Kind = Block::Kind;

class Reader {
 public:
  explicit Reader(Shape shape) : shape_(shape) {}

  Conversation read(object request) {
    std::size_t index = 0;
    for (const element message : need<array>(request, "messages", "")) {
      path_ = item("messages", index++);
      read_message(as<object>(message, path_));
    }
    if (out_.turns.empty()) throw wrong("messages", "must be more than system prompts and empty messages here");
    for (Turn& turn : out_.turns) put_results_first(turn.blocks);
    return std::move(out_);
  }

 private:
  void read_message(object message) {
    const std::string_view role = need_text(message, "role", path_);
    if (field(message, "function_call")) throw unsupported(path_ + ".function_call", "is outdated: use tool_calls");
    std::vector<Block> blocks;
    if (role == "system" || role == "developer") return add_system(read_content(message));
    if (role == "user") return add(Role::user, read_content(message));
    if (role == "assistant") return add(Role::assistant, read_assistant(message));
    if (role == "tool") {
      blocks.push_back(read_result(message));
      return add(Role::user, std::move(blocks));
    }
    throw unsupported(path_ + ".role", "is not a role that this provider has");
  }

  void add_system(std::vector<Block> blocks) {
    for (const Block& block : blocks) {
      if (block.kind != Kind::text) throw wrong(block.path, "must be text: this is a system prompt");
    }
    if (shape_ == Shape::as_given) return add(Role::system, std::move(blocks));
    if (!out_.turns.empty()) return add(Role::user, std::move(blocks));
    std::move(blocks.begin(), blocks.end(), std::back_inserter(out_.system));
  }

  void add(Role role, std::vector<Block> blocks) {
    if (blocks.empty()) return;
    const bool apart = shape_ == Shape::as_given || out_.turns.empty() || out_.turns.back().role != role;
    if (apart) return void(out_.turns.push_back({role, std::move(blocks)}));
    std::vector<Block>& into = out_.turns.back().blocks;
    std::move(blocks.begin(), blocks.end(), std::back_inserter(into));
  }

  // All results of a turn come together and before anything else, in the order of their calls: some providers know by
  // nothing else which is whose. Sorted once, as a request may have any number of them in any order.
  static void put_results_first(std::vector<Block>& blocks) {
    const auto place = [](const Block& block) {
      return block.kind == Kind::tool_result ? block.number : std::numeric_limits<std::size_t>::max();
    };
    std::stable_sort(blocks.begin(), blocks.end(), [&](const Block& a, const Block& b) { return place(a) < place(b); });
  }

  // ---- content -------------------------------------------------------------------------------

  std::vector<Block> read_content(object message) {
    std::vector<Block> blocks;
    const auto content = field(message, "content");
    if (!content) return blocks;
    const std::string path = path_ + ".content";
    std::string_view text;
    if (content->get(text) == simdjson::SUCCESS) {
      if (!text.empty()) blocks.push_back(text_block(path, text));
      return blocks;
    }
    std::size_t index = 0;
    for (const element part : as<array>(*content, path, "must be a string or an array of parts")) {
      const std::string here = item(path, index++);
      Block block = read_part(as<object>(part, here), here);
      if (block.kind != Kind::text || !block.text.empty()) blocks.push_back(std::move(block));
    }
    return blocks;
  }

  static Block text_block(std::string path, std::string_view text) {
    Block block;
    block.path = std::move(path);
    block.text = text;
    return block;
  }

  static Block read_part(object part, const std::string& path) {
    const std::string_view type = need_text(part, "type", path);
    Block block;
    if (type == "text") {
      block = text_block(path, need_text(part, "text", path));
    } else if (type == "refusal") {
      block = text_block(path, need_text(part, "refusal", path));
    } else if (type == "image_url") {
      block = read_image(part, path);
    } else if (type == "input_audio") {
      block = read_audio(part, path);
    } else if (type == "file") {
      block = read_file(part, path);
    } else {
      throw unsupported(path + ".type", "is not a kind of content that this provider takes");
    }
    if (const auto mark = field(part, "cache_control")) block.cache_control = raw(*mark);
    if (field(part, "prompt_cache_breakpoint")) block.cache_control = R"({"type":"ephemeral"})";
    return block;
  }

  static Block read_image(object part, const std::string& path) {
    Block block;
    block.kind = Kind::image;
    block.path = path + ".image_url.url";
    const std::string_view url = need_text(need<object>(part, "image_url", path), "url", path + ".image_url");
    if (url.starts_with("https://") || url.starts_with("http://")) {
      block.url = url;
      return block;
    }
    set_data(block, url);
    return block;
  }

  static void set_data(Block& block, std::string_view url) {
    const auto data = parse_data_url(url);
    if (!data)
      throw wrong(block.path,
                  "must be a data URL such as data:image/png;base64,… with padded base64 of at most 32 MiB");
    block.media_type = data->media_type;
    block.data = data->data;
  }

  static Block read_audio(object part, const std::string& path) {
    const auto audio = need<object>(part, "input_audio", path);
    Block block;
    block.kind = Kind::audio;
    block.path = path + ".input_audio";
    block.data = need_text(audio, "data", block.path);
    const std::string_view format = need_text(audio, "format", block.path);
    if (format != "wav" && format != "mp3") throw wrong(block.path + ".format", "must be wav or mp3");
    if (!is_base64(block.data)) throw wrong(block.path + ".data", "must be padded base64");
    block.media_type = format == "wav" ? "audio/wav" : "audio/mp3";
    return block;
  }

  static Block read_file(object part, const std::string& path) {
    const auto file = need<object>(part, "file", path);
    if (field(file, "file_id"))
      throw unsupported(path + ".file.file_id", "names a file stored elsewhere: send file_data");
    Block block;
    block.kind = Kind::file;
    block.path = path + ".file.file_data";
    block.name = text_or_empty(file, "filename");
    set_data(block, need_text(file, "file_data", path + ".file"));
    return block;
  }

  // ---- what only an assistant says, and tools ---------------------------------------------------

  std::vector<Block> read_assistant(object message) {
    const std::string path = path_;
    if (field(message, "audio")) throw unsupported(path + ".audio", "is not something this provider takes");
    std::vector<Block> blocks = read_reasoning(message);
    for (Block& block : read_content(message)) {
      if (block.kind != Kind::text) throw wrong(block.path, "must be text: this is an assistant's message");
      blocks.push_back(std::move(block));
    }
    const std::string_view refusal = text_or_empty(message, "refusal");
    if (!refusal.empty()) blocks.push_back(text_block(path + ".refusal", refusal));
    const auto calls = find<array>(message, "tool_calls", path);
    if (!calls) return blocks;
    std::size_t index = 0;
    for (const element call : *calls) {
      const std::string here = item(path + ".tool_calls", index++);
      blocks.push_back(read_call(as<object>(call, here), here));
    }
    return blocks;
  }

  std::vector<Block> read_reasoning(object message) {
    std::vector<Block> blocks;
    const std::string path = path_ + ".reasoning_details";
    const auto details = find<array>(message, "reasoning_details", path_);
    if (!details) {
      Block block = text_block(path_ + ".reasoning_content", text_or_empty(message, "reasoning_content"));
      block.kind = Kind::reasoning;
      if (!block.text.empty()) blocks.push_back(std::move(block));
      return blocks;
    }
    std::size_t index = 0;
    for (const element detail : *details) {
      const std::string here = item(path, index++);
      const object fields = as<object>(detail, here);
      const std::string_view type = need_text(fields, "type", here);
      Block block = text_block(here, text_or_empty(fields, type == "reasoning.encrypted" ? "data" : "text"));
      block.kind = type == "reasoning.encrypted" ? Kind::sealed : Kind::reasoning;
      block.signature = text_or_empty(fields, "signature");
      block.format = text_or_empty(fields, "format");
      block.id = text_or_empty(fields, "id");
      if (type == "reasoning.encrypted" || type == "reasoning.text") blocks.push_back(std::move(block));
    }
    return blocks;
  }

  Block read_call(object call, const std::string& path) {
    if (find<std::string_view>(call, "type", path).value_or("function") != "function") {
      throw unsupported(path + ".type", "must be function: this provider has no custom tools");
    }
    const auto function = need<object>(call, "function", path);
    Block block;
    block.kind = Kind::tool_call;
    block.path = path;
    block.id = need_text(call, "id", path);
    block.name = need_text(function, "name", path + ".function");
    block.arguments = as_object(need_text(function, "arguments", path + ".function"), path);
    numbers_[block.id] = calls_.size();
    calls_.push_back(block.name);
    return block;
  }

  // Some models call a tool that takes nothing with no arguments at all.
  std::string as_object(std::string_view arguments, const std::string& path) {
    if (arguments.empty()) return "{}";
    const auto parsed = arguments_.try_parse(arguments);
    object fields;
    if (!parsed || parsed->get(fields) != simdjson::SUCCESS) {
      throw wrong(path + ".function.arguments", "must be the text of a JSON object");
    }
    return raw(*parsed);
  }

  Block read_result(object message) {
    Block block;
    block.kind = Kind::tool_result;
    block.path = path_;
    block.id = need_text(message, "tool_call_id", path_);
    const auto number = numbers_.find(block.id);
    if (number == numbers_.end()) {
      throw wrong(path_ + ".tool_call_id",
                  "must be the id of a tool call in an earlier assistant message, and of one without a result");
    }
    block.number = number->second;
    block.name = calls_[block.number];
    numbers_.erase(number);  // a name is not repeated for any number of results
    block.is_error = find<bool>(message, "is_error", path_).value_or(false);
    block.content = read_content(message);
    for (Block& part : block.content) {
      if (!part.cache_control.empty()) block.cache_control = std::exchange(part.cache_control, {});
    }
    return block;
  }

  Shape shape_;
  Conversation out_;
  std::string path_;                                 // of the message being read
  std::vector<std::string_view> calls_;              // the tools that were called
  std::map<std::string_view, std::size_t> numbers_;  // of calls without a result, by their ids
  gatehouse::JsonReader arguments_;
};

}  // namespace

Conversation read_conversation(object request, Shape shape) { return Reader(shape).read(request); }

std::string joined_text(const std::vector<Block>& blocks, std::string_view separator) {
  std::string text;
  for (const Block& block : blocks) {
    if (!text.empty()) text += separator;
    text += block.text;
  }
  return text;
}

}  // namespace chat
