#include "chat_options.h"

#include <algorithm>
#include <iterator>

namespace chat {

namespace {

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

class Reader {
 public:
  explicit Reader(const Abilities& abilities) : abilities_(abilities) {}

  Options read(object request) {
    for (const auto [name, value] : request) {
      if (!value.is_null()) read_field(name, value);
    }
    if (out_.tool_choice.mode == ToolChoice::Mode::required && out_.tools.empty()) {
      throw wrong("tool_choice", "auto or none where there are no tools");
    }
    if (out_.tool_choice.mode == ToolChoice::Mode::named) {
      const auto named = [&](const Tool& tool) { return tool.name == out_.tool_choice.name; };
      if (std::none_of(out_.tools.begin(), out_.tools.end(), named)) {
        throw wrong("tool_choice.function.name", "the name of one of the tools");
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
    if (name == "parallel_tool_calls") return void(out_.parallel_tool_calls = need<bool>(value, name, "true or false"));
    if (name == "response_format") return read_format(value);
    if (name == "reasoning_effort") return read_effort(value);
    if (name == "thinking") return read_thinking(value);
    if (name == "n") return read_choices(value);
    if (name == "modalities") return read_modalities(value);
    if (!is_empty(value)) throw unsupported(name, kNotHere);
  }

  void read_number(const Neutral& neutral, element value) {
    const double number = need<double>(value, neutral.name, "a number");
    const auto& mine = abilities_.numbers;
    if (std::find(mine.begin(), mine.end(), neutral.name) != mine.end()) {
      out_.numbers.emplace(neutral.name, raw(value));
    } else if (number < neutral.value || number > neutral.value) {
      throw unsupported(neutral.name, kNotHere);
    }
  }

  void read_max_tokens(std::string_view name, element value) {
    const auto most = need<std::uint64_t>(value, name, "a whole number");
    // Both spellings given: the larger one was reserved, and the newer one is what counts.
    if (name == "max_completion_tokens" || !out_.max_tokens) out_.max_tokens = most;
  }

  void read_stop(element value) {
    std::string_view one;
    if (value.get(one) == simdjson::SUCCESS) return void(out_.stop.push_back(one));
    std::size_t index = 0;
    for (const element word : need<array>(value, "stop", "a string or an array of strings")) {
      out_.stop.push_back(need<std::string_view>(word, item("stop", index++), "a string"));
    }
  }

  void read_tools(element value) {
    std::size_t index = 0;
    for (const element tool : need<array>(value, "tools", "an array")) {
      const std::string path = item("tools", index++);
      const object fields = need<object>(tool, path, "an object");
      if (need_text(fields, "type", path + ".type") != "function") {
        throw unsupported(path + ".type", "must be function: this provider has no other tools here");
      }
      const auto function = field(fields, "function");
      if (!function) throw wrong(path + ".function", "given");
      out_.tools.push_back(read_tool(need<object>(*function, path + ".function", "an object"), path + ".function"));
      if (const auto mark = field(fields, "cache_control")) out_.tools.back().cache_control = raw(*mark);
    }
  }

  static Tool read_tool(object function, const std::string& path) {
    Tool tool;
    tool.name = need_text(function, "name", path + ".name");
    tool.description = text_or_empty(function, "description");
    if (const auto schema = field(function, "parameters")) {
      (void)need<object>(*schema, path + ".parameters", "a JSON Schema");
      tool.parameters = raw(*schema);
    }
    if (const auto strict = field(function, "strict")) {
      tool.strict = need<bool>(*strict, path + ".strict", "true or false");
    }
    return tool;
  }

  void read_tool_choice(element value) {
    using Mode = ToolChoice::Mode;
    std::string_view word;
    if (value.get(word) == simdjson::SUCCESS) {
      if (word != "auto" && word != "none" && word != "required") {
        throw wrong("tool_choice", "auto, none, required or one function");
      }
      out_.tool_choice.mode = word == "auto" ? Mode::automatic : word == "none" ? Mode::none : Mode::required;
      return;
    }
    const object choice = need<object>(value, "tool_choice", "a string or an object");
    if (need_text(choice, "type", "tool_choice.type") != "function") {
      throw unsupported("tool_choice.type", "must be function: this provider has no other choice of tools");
    }
    const auto function = field(choice, "function");
    if (!function) throw wrong("tool_choice.function", "given");
    const object named = need<object>(*function, "tool_choice.function", "an object");
    out_.tool_choice = {Mode::named, need_text(named, "name", "tool_choice.function.name")};
  }

  void read_format(element value) {
    const object format = need<object>(value, "response_format", "an object");
    const std::string_view type = need_text(format, "type", "response_format.type");
    if (type == "text") return;
    if (type == "json_object") return void(out_.format.kind = OutputFormat::Kind::json);
    if (type != "json_schema") throw wrong("response_format.type", "text, json_object or json_schema");
    const auto wrapped = field(format, "json_schema");
    if (!wrapped) throw wrong("response_format.json_schema", "given");
    const object inner = need<object>(*wrapped, "response_format.json_schema", "an object");
    const auto schema = field(inner, "schema");
    if (!schema) throw wrong("response_format.json_schema.schema", "given");
    out_.format = {OutputFormat::Kind::schema, raw(*schema)};
  }

  void read_effort(element value) {
    constexpr std::string_view kWords[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
    out_.reasoning_effort = need<std::string_view>(value, "reasoning_effort", "a string");
    if (std::find(std::begin(kWords), std::end(kWords), out_.reasoning_effort) == std::end(kWords)) {
      throw wrong("reasoning_effort", "none, minimal, low, medium, high, xhigh or max");
    }
  }

  void read_thinking(element value) {
    const object thinking = need<object>(value, "thinking", "an object");
    const std::string_view type = need_text(thinking, "type", "thinking.type");
    out_.thinking_adaptive = type == "adaptive";
    if (type != "enabled") return;
    const auto budget = field(thinking, "budget_tokens");
    if (!budget) throw wrong("thinking.budget_tokens", "given");
    out_.thinking_budget = need<std::uint64_t>(*budget, "thinking.budget_tokens", "a whole number");
  }

  void read_choices(element value) {
    out_.choices = need<std::uint64_t>(value, "n", "a whole number");
    if (out_.choices != 1 && !abilities_.several_choices) {
      throw unsupported("n", "must be 1: this provider gives one answer at a time");
    }
  }

  static void read_modalities(element value) {
    for (const element word : need<array>(value, "modalities", "an array")) {
      if (need<std::string_view>(word, "modalities", "an array of strings") != "text") {
        throw unsupported("modalities", "must be [\"text\"]: this provider answers with nothing else here");
      }
    }
  }

  const Abilities& abilities_;
  Options out_;
};

}  // namespace

Options read_options(object request, const Abilities& abilities) { return Reader(abilities).read(request); }

}  // namespace chat
