// gatehouse plugin check: whether a plugin keeps the contract with the gateway, check by check. No gateway is needed.
#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "commands/command.h"
#include "conformance/checks/run.h"
#include "core/text/json_writer.h"

namespace gatehouse::commands {

namespace {

using conformance::CheckResult;
using conformance::Finding;
using Kind = Finding::Kind;

constexpr Option kCheckOptions[] = {
    {"only-failed", "", "tells only of what failed"},
    {"json", "", "prints one JSON object instead of lines"},
};

std::string_view word(Kind kind) {
  return kind == Kind::passed ? "passed" : kind == Kind::failed ? "FAILED" : "skipped";
}

std::size_t count(const std::vector<CheckResult>& results, Kind kind) {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [&](const CheckResult& result) { return result.finding.kind == kind; }));
}

void print(const CheckResult& result) {
  const std::string name(result.check.name);
  std::cout << word(result.finding.kind) << "  " << name << std::string(name.size() < 26 ? 26 - name.size() : 1, ' ')
            << result.check.says << "\n";
  if (!result.finding.why.empty()) std::cout << "         " << result.finding.why << "\n";
  std::cout.flush();
}

bool is_json_object(const std::string& text) try {
  (void)Poco::JSON::Parser().parse(text).extract<Poco::JSON::Object::Ptr>();
  return true;
} catch (const Poco::Exception&) {
  return false;
}

void print_json(const conformance::CheckedPlugin& checked, const std::vector<CheckResult>& results) {
  std::string out;
  core::JsonObject root(out);
  root.add("file", checked.file.string())
      .add("passed", count(results, Kind::passed))
      .add("failed", count(results, Kind::failed))
      .add("skipped", count(results, Kind::skipped));
  core::JsonArray(root.key("checks")).add_each(results, [](std::string& list, const CheckResult& result) {
    const Kind kind = result.finding.kind;
    core::JsonObject check(list);
    check.add("name", result.check.name)
        .add("description", result.check.says)
        .add("result", kind == Kind::failed ? "failed" : word(kind));
    if (!result.finding.why.empty()) check.add("reason", result.finding.why);
  });
  root.close();
  std::cout << out << "\n";
}

int check_plugin(const conformance::CheckedPlugin& checked, const Arguments& arguments) {
  const bool json = arguments.given("json"), only_failed = arguments.given("only-failed");
  std::vector<CheckResult> results = conformance::Runner().all(checked, [&](const CheckResult& result) {
    if (!json && !result.blocked && (!only_failed || result.finding.kind == Kind::failed)) print(result);
  });
  const std::size_t failed = count(results, Kind::failed), skipped = count(results, Kind::skipped);
  if (json) {
    if (only_failed)
      std::erase_if(results, [](const CheckResult& result) { return result.finding.kind != Kind::failed; });
    print_json(checked, results);
  } else {
    std::cout << checked.file.filename().string() << ": " << count(results, Kind::passed) << " passed, " << failed
              << " failed, " << skipped << " skipped\n";
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace

const std::span<const Option> kPluginOptions = kCheckOptions;

int plugin(const Arguments& arguments) {
  if (arguments.words.size() != 2 || arguments.words[0] != "check") return misused("plugin", "'check FILE.so' is needed");
  std::error_code error;
  conformance::CheckedPlugin checked;
  checked.file = std::filesystem::canonical(arguments.words[1], error);
  if (error) return misused("plugin", arguments.words[1] + " cannot be read: " + error.message());
  if (!arguments.config.empty()) {
    std::ifstream in(arguments.config, std::ios::binary);
    if (!in) return misused("plugin", arguments.config + " cannot be read");
    checked.config.assign(std::istreambuf_iterator<char>(in), {});
    checked.configured = true;
    if (!is_json_object(checked.config)) return misused("plugin", arguments.config + " is not one JSON object");
  }
  return check_plugin(checked, arguments);
}

}  // namespace gatehouse::commands
