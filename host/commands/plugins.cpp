// gatehouse plugins: what is loaded, from which file, its version and hash. A gateway that runs on this
// configuration also says what each plugin did; where none does, the plugins are tried, each in a process of its own,
// to see.
#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <iomanip>
#include <iostream>

#include "commands/command.h"
#include "commands/operator_call.h"
#include "config/load.h"
#include "core/text/visible.h"
#include "modules/swap/inspection.h"

namespace gatehouse::commands {

namespace {

using Poco::JSON::Object;

void print(const std::string& kind, const std::string& name, const std::string& version, const std::string& sha256,
           const std::string& file) {
  std::cout << std::left << std::setw(9) << kind << " " << std::setw(16) << core::visible(name) << " " << std::setw(8)
            << core::visible(version) << " " << sha256 << " " << core::visible(file) << "\n";
}

// False when what answered is no gateway.
bool print_running(const std::string& body) try {
  const auto root = Poco::JSON::Parser().parse(body).extract<Object::Ptr>();
  const auto plugins = root->getArray("plugins");
  if (plugins.isNull()) return false;
  for (const auto& element : *plugins) {
    const auto& plugin = *element.extract<Object::Ptr>();
    const auto text = [&](const char* key) { return plugin.getValue<std::string>(key); };
    const auto number = [&](const char* key) { return plugin.getValue<std::uint64_t>(key); };
    print(text("kind"), text("name"), text("version"), text("sha256"), text("file"));
    std::cout << "          calls " << number("calls") << ", errors " << number("errors");
    if (text("kind") == "policy" || text("kind") == "shadow") {
      std::cout << ", allowed " << number("allowed") << ", modified " << number("modified") << ", denied "
                << number("denied");
    }
    std::cout << ", time " << number("time_us") << " us, CPU " << number("cpu_us") << " us, p50 " << number("p50_us")
              << " us, p99 " << number("p99_us") << " us\n";
    if (plugin.has("compared")) {
      std::cout << "          compared " << number("compared") << " exchanges, would have changed " << number("changed")
                << ", skipped " << number("skipped") << "\n";
    }
  }
  return true;
} catch (const Poco::Exception&) {
  return false;
}

int print_inspected(const config::Settings& settings) {
  const core::Result<std::vector<modules::InspectedPlugin>> plugins = modules::inspect(settings);
  if (!plugins.ok()) return failed(plugins.status());
  for (const modules::InspectedPlugin& plugin : *plugins)
    print(std::string(modules::name(plugin.kind)), plugin.name, plugin.version, plugin.sha256, plugin.file);
  return 0;
}

}  // namespace

int plugins(const Arguments& arguments) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  const core::Result<OperatorAnswer> answer = ask_gateway(settings->admin, "GET", "/admin/plugins");
  if (answer.ok() && answer->status == 200 && print_running(answer->body)) return 0;
  return print_inspected(*settings);
}

}  // namespace gatehouse::commands
