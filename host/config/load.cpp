#include "config/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "config/limits/limit_match.h"
#include "config/limits/limit_section.h"
#include "config/sections.h"
#include "config/yaml/node.h"
#include "core/foreign_writers.h"

namespace gatehouse::config {
namespace {

using core::Code;
using core::Result;
using core::Status;

constexpr std::size_t kLargestFile = 4u << 20;
constexpr int kDeepest = 32;
constexpr int kMostValues = 200'000;

// YAML's aliases let a small file stand for a huge or even an endless tree. After this check any code may walk it.
bool bounded(const YAML::Node& yaml, int depth, int& values) {
  if (depth > kDeepest || ++values > kMostValues) return false;
  if (yaml.IsMap()) {
    return std::all_of(yaml.begin(), yaml.end(), [&](const auto& pair) {
      return bounded(pair.first, depth + 1, values) && bounded(pair.second, depth + 1, values);
    });
  }
  if (!yaml.IsSequence()) return true;
  return std::all_of(yaml.begin(), yaml.end(),
                     [&](const YAML::Node& item) { return bounded(item, depth + 1, values); });
}

void check_addresses(const Section& file, const Settings& settings) {
  if (settings.server.listen != settings.admin.listen || settings.server.listen.port == 0) return;
  const Node* admin = file.find("admin");
  (admin != nullptr ? *admin : file.node())
      .fail("listens on " + settings.admin.listen.text() +
            ", which is also server.listen; callers and operators need "
            "addresses of their own");
}

// A plugin given by name needs a folder to be looked for in.
void check_plugin_path(const Section& file, const Settings& settings) {
  if (!settings.plugin_path.empty()) return;
  const auto by_name = [](const auto& entry) { return !entry.component.by_file; };
  if (std::any_of(settings.providers.begin(), settings.providers.end(), by_name) ||
      std::any_of(settings.policies.begin(), settings.policies.end(), by_name) ||
      std::any_of(settings.log_sinks.begin(), settings.log_sinks.end(), by_name)) {
    const Node* plugins = file.find("plugins");
    (plugins != nullptr ? *plugins : file.node())
        .fail("must say where plugins are, as in `plugins: { path: [build/plugins] }`: some are given by name");
  }
}

// Who is not there cannot be limited.
void check_limits(const Node& limits, const Settings& settings) {
  std::vector<std::string> models, providers;
  for (const ModelSettings& model : settings.models) models.push_back(model.alias);
  for (const ProviderSettings& provider : settings.providers) providers.push_back(provider.component.name);
  check_limit_names(limits, models, providers);
}

void read_file(const Node& root, Settings& settings) {
  const auto file = root.section({"server", "admin", "auth", "data_dir", "keep", "plugins", "providers", "token_counts",
                                  "prices", "models", "policies", "limits", "shared_limits", "warnings",
                                  "log_sinks"});
  if (!file) return;
  if (const Node* n = file->find("server")) read_server(*n, settings.server);
  if (const Node* n = file->find("admin")) read_admin(*n, settings.admin);
  if (const Node* n = file->find("auth")) assign(settings.auth, n->choice({"open", "keys"}));
  if (const Node* n = file->find("data_dir")) assign(settings.data_dir, n->text());
  if (const Node* n = file->find("keep")) read_keep(*n, settings);
  if (const Node* n = file->find("plugins")) read_plugins(*n, settings);
  if (const Node* n = file->required("providers")) read_providers(*n, settings.providers);
  if (const Node* n = file->find("token_counts")) read_token_counts(*n, settings.token_counts);
  if (const Node* n = file->find("limits")) read_limits(*n, settings.limits);
  std::optional<PriceFile> prices;
  if (const Node* n = file->find("prices")) prices = read_prices(*n, settings);
  if (const Node* n = file->required("models")) read_models(*n, prices ? &*prices : nullptr, settings);
  if (const Node* n = file->find("limits")) check_limits(*n, settings);
  if (const Node* n = file->find("policies")) read_policies(*n, settings.policies);
  if (const Node* n = file->find("shared_limits")) read_shared_limits(*n, settings.shared_limits);
  if (const Node* n = file->find("warnings")) read_warnings(*n, settings.warnings);
  if (const Node* n = file->find("log_sinks")) read_log_sinks(*n, settings.log_sinks);
  check_addresses(*file, settings);
  check_plugin_path(*file, settings);
}

Status too_much(const std::string& file) {
  return {Code::config, file + ":1:1: the file is nested deeper than " + std::to_string(kDeepest) +
                            " levels or holds more than " + std::to_string(kMostValues) +
                            " values, aliases counted as often as they are used"};
}

Status too_large(const std::string& file) {
  return {Code::config, file + ":1:1: the file is larger than 4 MiB, the most a configuration may have"};
}

// Names the most frequent reason why a file is not YAML; the parser's own message does not hint at it.
std::string hint(std::string_view text) {
  return text.find("${") == std::string_view::npos ? ""
                                                   : "; inside { } and [ ] a value with ${…} has to stand in quotes";
}

Result<Settings> parse_document(std::string_view text, const std::string& file, const Environment& environment) {
  const YAML::Node yaml = YAML::Load(std::string(text));
  int values = 0;
  if (!bounded(yaml, 0, values)) return too_much(file);
  Problems problems;
  ValueFiles files(std::filesystem::path(file).parent_path());
  Document document{file, environment, files, problems};
  Settings settings;
  read_file(Node(document, yaml, ""), settings);
  settings.value_files = files.all();
  if (!problems.none()) return problems.status();
  return settings;
}

// The files that decide what runs and whom the gateway believes.
Status check_writers(const std::string& file, const Settings& settings) {
  if (settings.allow_writable) return {};
  GH_TRY(core::no_foreign_writers(file));
  for (const std::filesystem::path& value : settings.value_files) GH_TRY(core::no_foreign_writers(value));
  if (settings.prices) GH_TRY(core::no_foreign_writers(settings.prices->file));
  for (const ProviderSettings& provider : settings.providers) {
    if (provider.ca_file.empty()) continue;
    GH_TRY(core::no_foreign_writers(provider.ca_file).within(provider.component.source.text()));
  }
  return {};
}

}  // namespace

Result<Settings> parse(std::string_view text, const std::string& file, const Environment& environment) {
  if (text.size() > kLargestFile) return too_large(file);
  try {
    return parse_document(text, file, environment);
  } catch (const YAML::Exception& error) {
    const Source where{file, error.mark.line + 1, error.mark.column + 1};
    return Status(Code::config, where.text() + ": this is not YAML: " + error.msg + hint(text));
  }
}

Result<Settings> load(const std::string& file, const Environment& environment) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return Status(Code::config, file + ": is a folder, not a file");
  std::ifstream stream(file, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad() || (!stream && !stream.eof())) {
    return Status(Code::config, file + ": cannot be read: " + std::strerror(errno));
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  Result<Settings> settings = parse(text, file, environment);
  if (settings.ok()) GH_TRY(check_writers(file, *settings));
  return settings;
}

}  // namespace gatehouse::config
