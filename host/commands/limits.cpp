// gatehouse limits: shows what is spent under each limit, and gives spending back, on the running gateway.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/URI.h>

#include <iomanip>
#include <iostream>
#include <sstream>

#include "commands/command.h"
#include "commands/operator_call.h"
#include "core/text/visible.h"

namespace gatehouse::commands {

namespace {

using Poco::JSON::Object;

constexpr Option kCorrectionOptions[] = {
    {"per", "SCOPE", "whose limit: client, key, team, model, tag:NAME, global, provider; own for a key's own"},
    {"name", "NAME", "the spender's name"},
    {"match", "JSON", "which of several lines, as `limits show` prints it; none: the one for everybody"},
    {"limit", "LIMIT", "which limit, such as dollars_per_month"},
    {"amount", "N", "how much a credit gives back: dollars, tokens or requests"},
    {"reason", "TEXT", "why; it is written down"},
    {"json", "", "prints what the gateway answers, as it is"},
};

std::string query_of(const Arguments& arguments, std::initializer_list<const char*> names) {
  std::string query;
  for (const char* const name : names) {
    if (!arguments.given(name)) continue;
    query.append(query.empty() ? "?" : "&").append(name).append("=");
    Poco::URI::encode(arguments.option(name), "!#$%&'()*+,/:;=?@[]", query);
  }
  return query;
}

std::string text_of(const Object& json, const std::string& name) { return json.get(name).toString(); }

std::string json_of(const Object& json, const std::string& name) {
  std::ostringstream text;
  json.getObject(name)->stringify(text);
  return text.str();
}

void print_line(const Object& limit, const Object& one) {
  std::cout << std::left << std::setw(8) << text_of(limit, "per") << " " << std::setw(20) << text_of(limit, "limit")
            << " " << std::setw(24) << core::visible(text_of(one, "name")) << " " << text_of(one, "spent") << " of "
            << text_of(one, "of");
  if (limit.has("match")) std::cout << " for " << core::visible(json_of(limit, "match"));
  if (const auto all = one.getObject("together"))
    std::cout << ", all gateways " << text_of(*all, "spent") << " of " << text_of(*all, "of");
  std::cout << "\n";
}

void print_limits(const Object& report) {
  if (report.getArray("limits")->empty()) std::cout << "nothing is spent\n";
  for (const auto& element : *report.getArray("limits")) {
    const auto& limit = *element.extract<Object::Ptr>();
    for (const auto& one : *limit.getArray("spent")) print_line(limit, *one.extract<Object::Ptr>());
    if (limit.has("next_offset") && !limit.isNull("next_offset"))
      std::cout << "... and more: " << text_of(limit, "spenders") << " in all; --per and --name show less\n";
  }
}

void print_correction(const Object& corrected) {
  std::cout << "gave back " << text_of(corrected, "given_back") << "; " << text_of(corrected, "spent") << " of "
            << text_of(corrected, "of") << " are spent now\n";
}

int print(const OperatorAnswer& answer, const Arguments& arguments) {
  const auto report = Poco::JSON::Parser().parse(answer.body).extract<Object::Ptr>();
  if (report->has("error"))
    return failed({core::Code::config, report->getObject("error")->getValue<std::string>("message")});
  if (arguments.given("json")) {
    std::cout << answer.body << "\n";
  } else if (report->has("limits")) {
    print_limits(*report);
  } else {
    print_correction(*report);
  }
  return 0;
}

}  // namespace

const std::span<const Option> kLimitsOptions = kCorrectionOptions;

int limits(const Arguments& arguments) {
  const auto ask = [&](const char* method, const std::string& path) {
    return ask_and_print(arguments, method, path,
                         [&](const OperatorAnswer& answer) { return print(answer, arguments); });
  };
  const std::string word = arguments.words.size() == 1 ? arguments.words.front() : "";
  if (word == "show") return ask("GET", "/admin/limits" + query_of(arguments, {"per", "name"}));
  if (word != "reset" && word != "credit") return misused("limits", "say show, reset or credit");
  for (const char* const needed : {"per", "limit", "reason"}) {
    if (!arguments.given(needed)) return misused("limits", word + " needs --" + needed);
  }
  if (arguments.given("amount") != (word == "credit"))
    return misused("limits", word == "credit" ? "credit needs --amount" : "reset gives everything back: no --amount");
  return ask("POST",
             "/admin/limits/" + word + query_of(arguments, {"per", "name", "match", "limit", "amount", "reason"}));
}

}  // namespace gatehouse::commands
