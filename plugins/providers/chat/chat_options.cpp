#include "chat_options.h"

#include <algorithm>
#include <iterator>

namespace chat {

namespace {

// Each takes more letters on a provider's wire than it may have taken from its caller.
constexpr std::size_t kMostTools = 1024;

constexpr std::string_view kNotHere = "is not something this provider can do";

// Fields that say nothing about the answer: who asks, where it is kept, what it may cost. And those
// that conversation.h reads, or that the gateway has dealt with.
constexpr std::string_view kWithoutEffect[] = {"model",
                                               "messages",
                                               "stream",
                                               "stream_options",
                                               "user",
                                               "metadata",
                                               "store",
                                               "prompt_cache_key",
                                               "service_tier",
                                               "safety_identifier",
                                               "prompt_cache_options",
                                               "prompt_cache_retention",
                                               "cache_control"};

bool is_without_effect(std::string_view name, element value) {
  std::string_view word;
  if (name == "verbosity") return value.get(word) == simdjson::SUCCESS && word == "medium";
  return std::find(std::begin(kWithoutEffect), std::end(kWithoutEffect), name) != std::end(kWithoutEffect);
}

// What is asked for when it isn't asked for.
struct Neutral {
  std::string_view name;
  double value;
};
constexpr Neutral kNumbers[] = {{"temperature", 1},       {"top_p", 1},           {"top_k", -1}, {"seed", -1},
                                {"frequency_penalty", 0}, {"presence_penalty", 0}};

bool is_empty(element value) {
  bool flag = true;
  array list;
  object map;
  std::uint64_t number = 1;
  if (value.get(flag) == simdjson::SUCCESS) return !flag;
  if (value.get(list) == simdjson::SUCCESS) return list.size() == 0;
  if (value.get(map) == simdjson::SUCCESS) return map.size() == 0;
  return value.get(number) == simdjson::SUCCESS && number == 0;
}

class OptionsReader {
 public:
  explicit OptionsReader(const Abilities& abilities) : abilities_(abilities) {}

  Options read(object request) {
    for (const auto [name, value] : request) {
      if (!value.is_null()) read_field(name, value);
    }
    if (out_.tool_choice.mode == ToolChoice::Mode::required && out_.tools.empty()) {
      throw wrong("tool_choice", "must be auto or none where there are no tools");
    }
    if (out_.tool_choice.mode == ToolChoice::Mode::named) {
      const auto named = [&](const Tool& tool) { return tool.name == out_.tool_choice.name; };
      if (std::none_of(out_.tools.begin(), out_.tools.end(), named)) {
        throw wrong("tool_choice.function.name", "must be the name of one of the tools");
      }
    }
    return std::move(out_);
  }

 private:
  void read_field(std::string_view name, element value) {
    if (is_without_effect(name, value)) return;
    const auto number =
        std::find_if(std::begin(kNumbers), std::end(kNumbers), [&](const Neutral& n) { return n.name == name; });
    if (number != std::end(kNumbers)) return read_number(*number, value);
    if (name == "max_tokens" || name == "max_completion_tokens") return read_max_tokens(name, value);
    if (name == "stop") return read_stop(value);
    if (name == "tools") return read_tools(value);
    if (name == "tool_choice") return read_tool_choice(value);
    if (name == "parallel_tool_calls") return void(out_.parallel_tool_calls = as<bool>(value, name));
    if (name == "response_format") return read_format(value);
    if (name == "reasoning_effort") return read_effort(value);
    if (name == "thinking") return read_thinking(value);
    if (name == "n") return read_choices(value);
    if (name == "modalities") return read_modalities(value);
    if (!is_empty(value)) throw unsupported(name, kNotHere);
  }

  void read_number(const Neutral& neutral, element value) {
    const double number = as<double>(value, neutral.name);
    const auto& mine = abilities_.numbers;
    if (std::find(mine.begin(), mine.end(), neutral.name) != mine.end()) {
      out_.numbers.emplace(neutral.name, raw(value));
    } else if (number < neutral.value || number > neutral.value) {
      throw unsupported(neutral.name, kNotHere);
    }
  }

  void read_max_tokens(std::string_view name, element value) {
    const auto most = as<std::uint64_t>(value, name);
    // Both spellings given: the larger one was reserved, and the newer one is what counts.
    if (name == "max_completion_tokens" || !out_.max_tokens) out_.max_tokens = most;
  }

  void read_stop(element value) {
    std::string_view one;
    if (value.get(one) == simdjson::SUCCESS) return void(out_.stop.push_back(one));
    std::size_t index = 0;
    for (const element word : as<array>(value, "stop", "must be a string or an array of strings")) {
      out_.stop.push_back(as<std::string_view>(word, item("stop", index++)));
    }
  }

  void read_tools(element value) {
    std::size_t index = 0;
    for (const element tool : as<array>(value, "tools")) {
      if (index == kMostTools) throw wrong("tools", "must have at most 1024 entries");
      const std::string path = item("tools", index++);
      const auto fields = as<object>(tool, path);
      if (need_text(fields, "type", path) != "function") {
        throw unsupported(path + ".type", "must be function: this provider has no other tools here");
      }
      out_.tools.push_back(read_tool(need<object>(fields, "function", path), path + ".function"));
      if (const auto mark = field(fields, "cache_control")) out_.tools.back().cache_control = raw(*mark);
    }
  }

  static Tool read_tool(object function, const std::string& path) {
    Tool tool;
    tool.name = need_text(function, "name", path);
    tool.description = text_or_empty(function, "description");
    if (const auto schema = field(function, "parameters")) {
      (void)as<object>(*schema, path + ".parameters", "must be a JSON Schema");
      tool.parameters = raw(*schema);
    }
    tool.strict = find<bool>(function, "strict", path);
    return tool;
  }

  void read_tool_choice(element value) {
    using Mode = ToolChoice::Mode;
    std::string_view word;
    if (value.get(word) == simdjson::SUCCESS) {
      if (word != "auto" && word != "none" && word != "required") {
        throw wrong("tool_choice", "must be auto, none, required or one function");
      }
      out_.tool_choice.mode = word == "auto" ? Mode::automatic : word == "none" ? Mode::none : Mode::required;
      return;
    }
    const object choice = as<object>(value, "tool_choice", "must be a string or an object");
    if (need_text(choice, "type", "tool_choice") != "function") {
      throw unsupported("tool_choice.type", "must be function: this provider has no other choice of tools");
    }
    const auto named = need<object>(choice, "function", "tool_choice");
    out_.tool_choice = {Mode::named, need_text(named, "name", "tool_choice.function")};
  }

  void read_format(element value) {
    const object format = as<object>(value, "response_format");
    const std::string_view type = need_text(format, "type", "response_format");
    if (type == "text") return;
    if (type == "json_object") return void(out_.format.kind = OutputFormat::Kind::json);
    if (type != "json_schema") throw wrong("response_format.type", "must be text, json_object or json_schema");
    const auto inner = need<object>(format, "json_schema", "response_format");
    out_.format = {OutputFormat::Kind::schema, raw(need(inner, "schema", "response_format.json_schema"))};
  }

  void read_effort(element value) {
    constexpr std::string_view kWords[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
    out_.reasoning_effort = as<std::string_view>(value, "reasoning_effort");
    if (std::find(std::begin(kWords), std::end(kWords), out_.reasoning_effort) == std::end(kWords)) {
      throw wrong("reasoning_effort", "must be none, minimal, low, medium, high, xhigh or max");
    }
  }

  void read_thinking(element value) {
    const object thinking = as<object>(value, "thinking");
    const std::string_view type = need_text(thinking, "type", "thinking");
    out_.thinking_adaptive = type == "adaptive";
    if (type != "enabled") return;
    out_.thinking_budget = need<std::uint64_t>(thinking, "budget_tokens", "thinking");
  }

  void read_choices(element value) {
    out_.choices = as<std::uint64_t>(value, "n");
    if (out_.choices != 1 && !abilities_.several_choices) {
      throw unsupported("n", "must be 1: this provider gives one answer at a time");
    }
  }

  static void read_modalities(element value) {
    for (const element word : as<array>(value, "modalities")) {
      if (as<std::string_view>(word, "modalities", "must be an array of strings") != "text") {
        throw unsupported("modalities", "must be [\"text\"]: this provider answers with nothing else here");
      }
    }
  }

  const Abilities& abilities_;
  Options out_;
};

}  // namespace

Options read_options(object request, const Abilities& abilities) { return OptionsReader(abilities).read(request); }

}  // namespace chat
