#include "dialects/tool_arguments.h"

#include <simdjson.h>

namespace gatehouse::dialects {

core::Result<std::string> arguments_object(const core::ToolCall& call) {
  if (call.arguments.empty()) return std::string("{}");  // some models call a tool that takes nothing so
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(call.arguments).get(object) != simdjson::SUCCESS) {
    return core::Status(core::Code::upstream_failed,
                        "The model called the tool '" + call.name + "' with arguments that are not a JSON object");
  }
  return std::string(simdjson::minify(object));
}

}  // namespace gatehouse::dialects
