// gatehouse reload: asks the running gateway to read its configuration again and swap what changed. Exit 3: applied in
// part, the rest needs a restart and is named.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <iomanip>
#include <iostream>

#include "commands/command.h"
#include "commands/operator_call.h"
#include "core/text/visible.h"

namespace gatehouse::commands {

namespace {

using Poco::JSON::Object;

void print_plugins(const Object& report) {
  for (const auto& element : *report.getArray("plugins")) {
    const auto& plugin = *element.extract<Object::Ptr>();
    std::cout << std::left << std::setw(9) << plugin.getValue<std::string>("result") << " " << std::setw(9)
              << plugin.getValue<std::string>("kind") << " " << std::setw(16)
              << core::visible(plugin.getValue<std::string>("name")) << " "
              << core::visible(plugin.getValue<std::string>("reason")) << "\n";
  }
}

constexpr int kInPart = 3;  // applied, but for what needs a restart

// Whether all was applied.
bool print_rest(const Object& report) {
  for (const auto& setting : *report.getArray("needs_restart")) {
    std::cout << "not applied, needs a restart: " << setting.toString() << "\n";
  }
  for (const auto& element : *report.getArray("still_running")) {
    const auto& generation = *element.extract<Object::Ptr>();
    std::cout << "generation " << generation.getValue<int>("generation") << " still has "
              << generation.getValue<int>("in_flight") << " exchanges\n";
  }
  return report.getArray("needs_restart")->empty();
}

int print_report(const OperatorAnswer& answer) {
  const auto report = Poco::JSON::Parser().parse(answer.body).extract<Object::Ptr>();
  if (!report->has("plugins")) {  // not a reload's report but an error, such as a wrong token
    return failed({core::Code::config, report->getObject("error")->getValue<std::string>("message")});
  }
  print_plugins(*report);
  const auto number = report->getValue<int>("generation");
  if (!report->getValue<bool>("reloaded")) {
    const auto why = report->getObject("error")->getValue<std::string>("message");
    return failed(
        {core::Code::config, why + "\nnothing was changed; generation " + std::to_string(number) + " goes on serving"});
  }
  const bool all = print_rest(*report);
  std::cout << "generation " << number << " serves, after " << report->getValue<int>("took_ms") << " ms\n";
  return all ? 0 : kInPart;
}

}  // namespace

int reload(const Arguments& arguments) { return ask_and_print(arguments, "POST", "/admin/reload", print_report); }

}  // namespace gatehouse::commands
