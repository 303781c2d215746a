#include "modules/assembly.h"

#include <Poco/Logger.h>

#include "modules/file_hash.h"
#include "modules/log_sink.h"
#include "modules/policy.h"
#include "modules/provider.h"

namespace gatehouse::modules {

using core::Code;
using core::Result;
using core::Status;

namespace {

void log_plugin_line(std::string_view instance, std::uint32_t level, std::string_view line) {
  Poco::Logger& logger = Poco::Logger::get("gatehouse.plugin");
  const std::string text = std::string(instance).append(": ").append(line);
  switch (level) {
    case GH_LOG_DEBUG: return logger.debug(text);
    case GH_LOG_INFO: return logger.information(text);
    case GH_LOG_WARNING: return logger.warning(text);
    default: return logger.error(text);
  }
}

}  // namespace

Result<std::shared_ptr<const Generation>> Assembly::build(std::uint64_t number) {
  const Providers by_name = providers();
  routes(by_name);
  policies();
  sinks();
  if (!problems_.empty()) {
    problems_.pop_back();  // the last newline
    return Status(Code::config, std::move(problems_));
  }
  return std::shared_ptr<const Generation>(std::make_shared<Generation>(number, std::move(parts_)));
}

Assembly::Providers Assembly::providers() {
  Providers found;
  for (const config::ProviderSettings& settings : settings_.providers) {
    auto created = instance(settings.component, "provider", {GH_PROVIDER_CODEC_1, GH_PROVIDER_LOCAL_1});
    if (!created) continue;
    std::shared_ptr<core::Provider>& provider = found[settings.component.name];
    if (created->component().interface_id == GH_PROVIDER_LOCAL_1) {
      provider = std::make_shared<LocalProvider>(std::move(created));
    } else if (settings.base_url.empty()) {
      problems_ += settings.component.source.text() + ": provider '" + settings.component.name +
                   "' needs a base_url: its plugin speaks to a remote server\n";
    } else {
      Upstream upstream{settings.base_url, settings.api_key.reveal(), settings.timeouts, settings.ca_file};
      provider = std::make_shared<CodecProvider>(std::move(created), std::move(upstream));
    }
  }
  return found;
}

void Assembly::routes(const Providers& providers) {
  for (const config::ModelSettings& model : settings_.models) {
    core::Route route{model.alias, {}, model.retry};
    for (const config::TargetSettings& target : model.targets) {
      const auto provider = providers.find(target.provider);
      if (provider == providers.end()) continue;
      const core::BreakerRules& breaker = settings_.provider(target.provider).breaker;
      route.targets.push_back({provider->second, target.model, target.weight, breaker});
    }
    parts_.routes.emplace(model.alias, std::move(route));
  }
}

void Assembly::policies() {
  for (const config::PolicySettings& settings : settings_.policies) {
    auto created = instance(settings.component, "policy", {GH_POLICY_1});
    if (created) parts_.policies.push_back(std::make_shared<PluginPolicy>(std::move(created), settings.on_error));
  }
}

void Assembly::sinks() {
  for (const config::LogSinkSettings& settings : settings_.log_sinks) {
    auto created = instance(settings.component, "log_sink", {GH_LOG_SINK_1});
    if (!created) continue;
    auto sink = std::make_shared<PluginLogSink>(std::move(created));
    parts_.sinks.push_back(std::make_shared<LogQueue>(std::move(sink), settings.queue));
  }
}

std::shared_ptr<Instance> Assembly::instance(const config::ComponentSettings& settings, std::string_view kind,
                                             std::initializer_list<std::string_view> interfaces) {
  Result<std::shared_ptr<Instance>> created = create(settings, interfaces);
  Result<std::string> hash = created.ok() ? sha256_of((*created)->component().module->file()) : created.status();
  if (!hash.ok()) {
    problems_ += settings.source.text() + ": " + std::string(hash.status().message()) + "\n";
    return nullptr;
  }
  const Component& component = (*created)->component();
  parts_.plugins.push_back({std::string(kind), settings.name, component.id, component.version, component.interface_id,
                            component.module->file(), *std::move(hash), component.module->build(),
                            component.module->resident()});
  return *std::move(created);
}

Result<std::shared_ptr<Instance>> Assembly::create(const config::ComponentSettings& settings,
                                                   std::initializer_list<std::string_view> interfaces) {
  Result<std::shared_ptr<Module>> loaded = module(settings);
  if (!loaded.ok()) return loaded.status();
  Result<Component> component =
      Component::find(*loaded, interfaces, settings.by_file ? settings.name : settings.plugin);
  if (!component.ok()) return component.status();
  return Instance::create(*std::move(component), settings.name, settings.config, log_plugin_line);
}

Result<std::shared_ptr<Module>> Assembly::module(const config::ComponentSettings& settings) {
  Result<std::filesystem::path> file = find(settings);
  if (!file.ok()) return file.status();
  std::shared_ptr<Module>& known = modules_[*file];
  if (known) return known;
  Result<std::shared_ptr<Module>> loaded = Module::load(*file);
  if (loaded.ok()) known = *loaded;
  return loaded;
}

Result<std::filesystem::path> Assembly::find(const config::ComponentSettings& settings) const {
  std::vector<std::filesystem::path> candidates;
  if (settings.by_file)
    candidates.emplace_back(settings.plugin);
  else
    for (const std::string& folder : settings_.plugin_path)
      candidates.push_back(std::filesystem::path(folder) / (settings.plugin + ".so"));
  std::string looked;
  std::error_code error;
  for (const auto& candidate : candidates) {
    if (std::filesystem::is_regular_file(candidate, error)) {
      auto path = std::filesystem::canonical(candidate, error);
      if (!error) return path;
    }
    looked += (looked.empty() ? "" : ", ") + candidate.string();
  }
  if (candidates.empty())
    return Status(Code::config, "no folder to look for plugin '" + settings.plugin + "': set plugins.path");
  return Status(Code::config, "there is no plugin '" + settings.plugin + "'; looked for " + looked);
}

}  // namespace gatehouse::modules
