#include "core/request/chat_request.h"

#include <algorithm>
#include <gatehouse/json.hpp>

#include "core/request/json_reader.h"
#include "core/request/prompt_members.h"
#include "core/short_of_memory.h"
#include "core/text/caller_text.h"

namespace gatehouse::core {

using Type = JsonReader::Type;
using Value = JsonReader::Value;

namespace {

// A parser holds six times its largest document, and each thread has one: as many as exchanges wait, where their
// threads had to be left to them.
constexpr std::size_t kKeepParserBelow = 16 << 10;

constexpr std::string_view kCount = "a whole number of at least 1";
constexpr std::string_view kRoles[] = {"user", "assistant", "system", "tool", "developer", "function"};

std::string at(std::string_view array, std::size_t index, std::string_view member = "") {
  std::string path = std::string(array) + "[" + std::to_string(index) + "]";
  if (!member.empty()) path.append(".").append(member);
  return path;
}

bool lies_in(std::string_view bytes, std::string_view part) {
  return part.data() >= bytes.data() && part.data() < bytes.data() + bytes.size();
}

bool is_prompt(Type type) { return type == Type::string || type == Type::object || type == Type::array; }

[[noreturn]] void refuse(std::string param, std::string_view wants) {
  std::string message = "'" + param + "' must be " + std::string(wants);
  throw BadJson{std::move(message), std::move(param)};
}

}  // namespace

// Fills one ChatRequest from its own bytes.
class ChatRequestReader {
 public:
  ChatRequestReader(simdjson::ondemand::parser& parser, ChatRequest& out)
      : json_(parser, out.body_, ChatRequest::kMaxDepth), out_(out) {
    out_.members_.reserve(8);
    out_.messages_.reserve(4);
  }

  void read() {
    json_.root([this](std::string_view name, const char* begin, Value value) { top_level(keep(name), begin, value); });
    if (out_.model_.empty()) throw BadJson{"'model' is required: name a model of GET /v1/models", "model"};
    if (out_.member("messages") == nullptr) throw BadJson{"'messages' is required", "messages"};
  }

 private:
  // Names and texts with escapes live in the parser until its next document; the request needs
  // them longer.
  std::string_view keep(std::string_view text) { return keep(text, out_.unescaped_); }
  std::string_view keep(std::string_view text, std::forward_list<std::string>& owner) {
    return lies_in(out_.body_.view(), text) ? text : std::string_view(owner.emplace_front(text));
  }

  void top_level(std::string_view name, const char* begin, Value value) {
    if (out_.members_.size() == ChatRequest::kMaxMembers) throw BadJson{"The request has too many fields", ""};
    Member member{name, {}, {}, {}};
    const Type value_type = value.type();
    if (value_type == Type::string) {
      const JsonReader::Text text = json_.text(value);
      member.value = text.raw;
      member.text = keep(text.value);
      if (name == "model") out_.model_ = named("model", *member.text);
      refuse_string(name);
    } else {
      member.value = other(name, value);
    }
    if (is_prompt(value_type) && may_be_prompt(name)) out_.other_bytes_ += member.value.size();
    member.whole = {begin, static_cast<std::size_t>(member.value.data() + member.value.size() - begin)};
    out_.members_.push_back(member);
  }

  static std::string_view named(std::string_view param, std::string_view name) {
    if (name.size() <= kMostName) return name;
    const std::string most = std::to_string(kMostName);
    refuse(std::string(param), "a name of at most " + most + " bytes, not '" + excerpt(name) + "'");
  }

  static void refuse_string(std::string_view name) {
    if (name == "messages") refuse("messages", "an array of messages");
    if (name == "stream") refuse("stream", "true or false");
    if (name == "stream_options") refuse("stream_options", "an object");
    if (name == "n" || name == "max_tokens" || name == "max_completion_tokens") refuse(std::string(name), kCount);
  }

  // Members that are not strings, by name.
  std::string_view other(std::string_view name, Value value) {
    if (name == "messages") return messages(value);
    if (name == "stream_options" && value.type() == Type::object) {
      return json_.object(value, [this](std::string_view key, const char*, Value option) {
        if (key == "include_usage") return void(out_.include_usage_ = flag("stream_options.include_usage", option));
        append_quoted(out_.stream_options_ += ',', key);
        out_.stream_options_.append(":").append(json_.skip(option));
      });
    }
    const std::string_view raw = json_.skip(value);
    if (name == "model") refuse("model", "a string");
    if (name == "stream" && raw != "null") out_.stream_ = flag(name, raw);
    if (name == "n" && raw != "null") out_.choices_ = count(name, raw);
    if ((name == "max_tokens" || name == "max_completion_tokens") && raw != "null") {
      out_.max_output_tokens_ = std::max(out_.max_output_tokens_.value_or(0), count(name, raw));
    }
    return raw;
  }

  bool flag(std::string_view param, Value value) { return flag(param, json_.skip(value)); }
  static bool flag(std::string_view param, std::string_view raw) {
    if (raw == "true") return true;
    if (raw == "false" || raw == "null") return false;
    refuse(std::string(param), "true or false");
  }

  static std::uint64_t count(std::string_view param, std::string_view raw) {
    std::uint64_t value = 0;
    if (raw.size() > 12) refuse(std::string(param), kCount);
    for (const char digit : raw) {
      if (digit < '0' || digit > '9') refuse(std::string(param), kCount);
      value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (value == 0) refuse(std::string(param), kCount);
    return value;
  }

  std::string_view messages(Value value) {
    if (value.type() != Type::array) refuse("messages", "an array of messages");
    const std::string_view raw = json_.array(value, [this](Value element) { message(element); });
    if (out_.messages_.empty()) refuse("messages", "an array with at least one message");
    return raw;
  }

  void message(Value value) {
    const std::size_t index = out_.messages_.size();
    if (value.type() != Type::object) refuse(at("messages", index), "an object with 'role' and 'content'");
    Message message;
    message.json = json_.object(value, [&](std::string_view name, const char*, Value member) {
      if (name == "role")
        message.role = role(index, member);
      else if (name == "content")
        message.text = content(index, member);
      else
        out_.other_bytes_ += json_.skip(member).size();
    });
    if (message.role.empty()) refuse(at("messages", index, "role"), "given");
    out_.text_bytes_ += message.text.size();
    out_.messages_.push_back(message);
    ++out_.message_count_;
  }

  std::string_view role(std::size_t index, Value value) {
    const bool is_text = value.type() == Type::string;
    const std::string_view role = is_text ? json_.text(value).value : json_.skip(value);
    const auto* known = std::find(std::begin(kRoles), std::end(kRoles), role);
    if (!is_text || known == std::end(kRoles)) {
      refuse(at("messages", index, "role"), "one of system, developer, user, assistant, tool");
    }
    return *known;
  }

  std::string_view content(std::size_t index, Value value) {
    switch (value.type()) {
      case Type::string: return keep(json_.text(value).value, out_.unescaped_texts_);
      case Type::array: return parts(index, value);
      case Type::null: json_.skip(value); return {};
      default: refuse(at("messages", index, "content"), "a string, an array of parts, or null");
    }
  }

  // The text parts of one message, joined; a single one stays where it is.
  std::string_view parts(std::size_t index, Value value) {
    std::string_view joined;
    std::string* owned = nullptr;
    json_.array(value, [&](Value part) {
      if (part.type() != Type::object) refuse(at("messages", index, "content"), "an array of objects");
      json_.object(part, [&](std::string_view name, const char*, Value member) {
        if (name == "image_url") ++out_.images_;
        if (name != "text" || member.type() != Type::string) {
          const std::size_t size = json_.skip(member).size();
          if (name != "image_url" && name != "type") out_.other_bytes_ += size;
          return;
        }
        const std::string_view text = keep(json_.text(member).value, out_.unescaped_texts_);
        if (joined.empty()) return void(joined = text);
        if (owned == nullptr) owned = &out_.unescaped_texts_.emplace_front(joined);
        joined = owned->append("\n").append(text);
      });
    });
    return joined;
  }

  JsonReader json_;
  ChatRequest& out_;
};

Result<ChatRequest> ChatRequest::parse(PaddedBytes body, Task task) {
  thread_local simdjson::ondemand::parser kept;
  ChatRequest request;
  request.body_ = std::move(body);
  request.body_.fit();
  request.task_ = task;
  if (task == Task::embeddings) request.max_output_tokens_ = 0;
  if (request.body_.size() == 0) return Status(Code::invalid_request, "The request body is empty: send a JSON object");
  BadJson bad;
  try {
    if (request.body_.size() < kKeepParserBelow) {
      ChatRequestReader(kept, request).read();
    } else {
      simdjson::ondemand::parser once;
      ChatRequestReader(once, request).read();
    }
    return request;
  } catch (BadJson& problem) {
    bad = std::move(problem);
  } catch (const simdjson::simdjson_error& error) {
    if (error.error() == simdjson::MEMALLOC) return short_of_memory();
    bad.message = error.error() == simdjson::UTF8_ERROR
                      ? "The request body is not valid UTF-8"
                      : "The request body is not valid JSON: " + std::string(error.what());
  }
  Status status(Code::invalid_request, std::move(bad.message));
  status.failure().param = std::move(bad.param);
  return status;
}

void ChatRequest::shed_messages() {
  std::vector<Message>().swap(messages_);
  unescaped_texts_.clear();
  std::string().swap(stream_options_);
  shed_ = true;
}

Status ChatRequest::restore_messages() {
  if (!shed_) return {};
  GH_ASSIGN(*this, parse(std::move(body_), task_));
  return {};
}

std::string ChatRequest::stream_options_with_usage() const {
  return R"({"include_usage":true)" + stream_options_ + "}";
}

const Member* ChatRequest::member(std::string_view name) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.name == name; });
  return found == members_.end() ? nullptr : &*found;
}

}  // namespace gatehouse::core
