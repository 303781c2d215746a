#include "config/yaml/environment.h"

#include <algorithm>
#include <cstdlib>

namespace gatehouse::config {
namespace {

using core::Code;
using core::Result;
using core::Status;

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), is_name_char);
}

// Looks up what stands between the braces: NAME, NAME:-default or file:PATH.
Result<std::string> look_up(std::string_view inside, const Environment& environment, ValueFiles& files) {
  constexpr std::string_view kFile = "file:";
  if (inside.starts_with(kFile)) return files.read(inside.substr(kFile.size()));
  const std::size_t split = inside.find(":-");
  const std::string name(inside.substr(0, split));
  if (!is_name(name)) {
    return Status(Code::config, "\"${" + std::string(inside) +
                                    "}\" is not a variable: write ${NAME}, ${NAME:-default} or ${file:PATH}, and $$ for a plain $");
  }
  if (inside.find("${") != inside.npos)
    return Status(Code::config, "a default cannot hold another variable: give " + name + " a plain default");
  const auto value = environment(name);
  if (split != std::string_view::npos) {  // as in a shell, an empty value takes the default too
    return value && !value->empty() ? *value : std::string(inside.substr(split + 2));
  }
  if (value) return *value;
  return Status(Code::config, "the environment variable " + name + " is not set: set it, or give a default as in ${" +
                                  name + ":-default}");
}

}  // namespace

const Environment& process_environment() {
  static const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  return environment;
}

Result<std::string> expand(std::string_view text, const Environment& environment, ValueFiles& files) {
  std::string out;
  while (true) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
    } else if (text.starts_with('{')) {
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos) {
        return Status(Code::config,
                      "\"${\" without its \"}\": write ${NAME} or ${NAME:-default}, and $$ for a plain $");
      }
      GH_ASSIGN(const std::string value, look_up(text.substr(1, close - 1), environment, files));
      out += value;
      text.remove_prefix(close + 1);
    } else {
      out += '$';  // "$5" means itself
    }
  }
}

}  // namespace gatehouse::config
