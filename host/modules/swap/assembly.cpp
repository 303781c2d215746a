#include "modules/swap/assembly.h"

#include "modules/adapters/log_sink.h"
#include "modules/adapters/policy.h"
#include "modules/adapters/provider.h"
#include "modules/shadow/shadowed_policy.h"
#include "modules/swap/interfaces.h"

namespace gatehouse::modules {

using core::Code;
using core::Result;
using core::Status;
using Change = PluginChange::Kind;

namespace {

PluginUse describe(PluginKind kind, std::shared_ptr<Instance> instance, const PluginFiles::File& file) {
  const Component& component = instance->component();
  PluginUse use;
  use.report = {{{kind, instance->name()}, component.version, file.sha256},
                component.id,
                component.interface_id,
                file.path.string(),
                component.module->build(),
                component.module->resident()};
  use.instance = std::move(instance);
  return use;
}

std::string price_from(const config::TargetSettings& target, const config::ModelSettings& model) {
  if (!target.filed_as.empty()) return "prices: " + target.filed_as;
  if (target.price) return "target";
  return model.price ? "model" : "";
}

}  // namespace

std::unique_ptr<Generation> Assembly::build(std::uint64_t number) {
  begin_trials();
  const Providers by_name = providers();
  routes(by_name);
  policies();
  sinks();
  removed();
  return std::make_unique<Generation>(number, std::move(parts_));
}

std::unique_ptr<Generation> Assembly::build_with(const PluginUse& returning, std::uint64_t number) {
  returning_ = &returning;
  return build(number);
}

Status Assembly::status() const {
  if (problems_.empty()) return {};
  return {Code::config, problems_.substr(0, problems_.size() - 1)};  // without the last newline
}

Assembly::Providers Assembly::providers() {
  Providers found;
  for (const config::ProviderSettings& settings : settings_.providers) {
    const Wanted wanted{PluginKind::provider, settings.component, {}};
    const PluginUse* use = put_to_use(wanted);
    if (use == nullptr) continue;
    std::shared_ptr<core::Provider>& provider = found[settings.component.name];
    if (use->report.interface_id == GH_PROVIDER_LOCAL_1) {
      provider = std::make_shared<LocalProvider>(use->instance);
    } else if (const Status status =
                   check_base_url(settings.component.name, use->report.interface_id, settings.base_url);
               !status.ok()) {
      refuse(wanted, std::string(status.message()));
    } else {
      Upstream upstream{settings.base_url, settings.api_key.reveal(), settings.timeouts, settings.ca_file};
      provider = std::make_shared<CodecProvider>(use->instance, std::move(upstream));
    }
  }
  return found;
}

void Assembly::routes(const Providers& providers) {
  parts_.prices = settings_.prices;
  for (const config::ModelSettings& model : settings_.models) {
    core::Route route{.alias = model.alias, .targets = {}, .retry = model.retry, .encoding = model.encoding};
    route.max_output = model.max_output;
    for (const config::TargetSettings& target : model.targets) {
      const auto provider = providers.find(target.provider);
      if (provider == providers.end()) continue;
      const core::BreakerRules& breaker = settings_.provider(target.provider).breaker;
      const std::optional<core::Price>& price = target.price ? target.price : model.price;
      route.priced &= price.has_value();
      route.targets.push_back({provider->second, target.model, target.weight, breaker, price.value_or(core::Price{}),
                               target.fallback_on, price_from(target, model)});
      route.dearest = core::dearest(route.dearest, route.targets.back().price);
    }
    parts_.routes.emplace(model.alias, std::move(route));
  }
}

void Assembly::policies() {
  for (const config::PolicySettings& settings : settings_.policies) {
    const PluginUse* use = put_to_use({PluginKind::policy, settings.component, {}});
    auto live = use == nullptr ? nullptr : std::make_shared<PluginPolicy>(use->instance, settings.on_error);
    const std::shared_ptr<Instance> instance = use == nullptr ? nullptr : use->instance;
    std::shared_ptr<Shadow> shadow = settings.shadow ? shadow_of(*settings.shadow, instance) : nullptr;
    if (!live) continue;
    if (shadow)
      parts_.policies.push_back(std::make_shared<ShadowedPolicy>(std::move(live), std::move(shadow)));
    else
      parts_.policies.push_back(std::move(live));
  }
}

// Makes the shadow, or keeps it with its counts if neither build has changed. nullptr: it cannot be put to use.
std::shared_ptr<Shadow> Assembly::shadow_of(const config::ComponentSettings& settings,
                                            const std::shared_ptr<Instance>& policy) {
  PluginUse* use = put_to_use({PluginKind::shadow, settings, {}});
  if (use == nullptr) return nullptr;
  if (!use->shadow || use->shadowed != policy) {
    use->shadow = std::make_shared<Shadow>(use->instance);
    use->shadowed = policy;
  }
  return use->shadow;
}

void Assembly::sinks() {
  for (const config::LogSinkSettings& settings : settings_.log_sinks) {
    PluginUse* use = put_to_use({PluginKind::log_sink, settings.component, settings.queue});
    if (use == nullptr) continue;
    if (!use->queue) {
      use->queue_settings = settings.queue;
      use->queue = std::make_shared<LogQueue>(std::make_shared<PluginLogSink>(use->instance), settings.queue);
      if (!replacements_.empty() && replacements_.back().after.instance == use->instance)
        replacements_.back().after = *use;
    }
    parts_.sinks.push_back(use->queue);
  }
}

void Assembly::removed() {
  if (before_ == nullptr) return;
  for (const PluginUse& use : before_->plugins()) {
    const bool known = std::any_of(changes_.begin(), changes_.end(), [&](const PluginChange& change) {
      return change.plugin.key() == use.report.key();
    });
    if (!known) changes_.push_back({Change::removed, use.report, "the configuration no longer asks for it"});
  }
}

PluginUse* Assembly::keep(const PluginUse& use, Change kind, std::string reason) {
  changes_.push_back({kind, use.report, std::move(reason)});
  return &parts_.plugins.emplace_back(use);
}

const Rollback* Assembly::rollback_of(const Wanted& wanted, const PluginFiles::File& file) const {
  const auto found = std::find_if(rollbacks_.begin(), rollbacks_.end(), [&](const Rollback& rollback) {
    return rollback.plugin.key() == wanted.key() && rollback.plugin.sha256 == file.sha256 &&
           rollback.config == wanted.settings.config;
  });
  return found == rollbacks_.end() ? nullptr : &*found;
}

const PluginUse* Assembly::predecessor(const Wanted& wanted) const {
  return before_ == nullptr ? nullptr : before_->find(wanted.key());
}

PluginUse* Assembly::put_to_use(const Wanted& wanted) {
  const PluginUse* before = predecessor(wanted);
  if (returning_ != nullptr) {
    const bool returns = returning_->report.key() == wanted.key();
    return returns ? keep(*returning_, Change::returned, "it is taken back") : keep(*before, Change::reused, "");
  }
  Result<PluginFiles::File*> file = files_.find(wanted.settings);
  if (!file.ok()) return refuse(wanted, std::string(file.status().message())), nullptr;
  if (const Rollback* rollback = rollback_of(wanted, **file); rollback != nullptr && before != nullptr) {
    return keep(
        *before, Change::held_back,
        "the version in the file was taken back and is not tried again before a reload with ?retry: " + rollback->why);
  }
  std::string why;
  if (before != nullptr && unchanged(wanted, *before, **file, why)) {
    PluginUse* use = keep(*before, Change::reused, "nothing changed");
    use->report.file = (*file)->path.string();  // the same bytes may have moved
    return use;
  }
  Result<std::shared_ptr<Instance>> created =
      create(wanted, **file, before == nullptr ? nullptr : before->instance.get(), why);
  if (!created.ok()) return refuse(wanted, std::string(created.status().message())), nullptr;
  PluginUse use = describe(wanted.kind, *std::move(created), **file);
  use.wanted = wanted.component();
  use.config = wanted.settings.config;
  changes_.push_back({before == nullptr ? Change::loaded : Change::replaced, use.report,
                      before == nullptr ? "it is new" : std::move(why)});
  const bool decides = wanted.kind != PluginKind::shadow;
  if (before != nullptr && decides) replacements_.push_back({*before, use});
  return &parts_.plugins.emplace_back(std::move(use));
}

// `why` says what changed.
bool Assembly::unchanged(const Wanted& wanted, const PluginUse& before, const PluginFiles::File& file,
                         std::string& why) const {
  if (before.report.sha256 != file.sha256 || before.wanted != wanted.component())
    why = "its file changed";
  else if (before.config != wanted.settings.config)
    why = "its configuration changed";
  else if (before.queue && !(before.queue_settings == wanted.queue))
    why = "its queue's settings changed";
  return why.empty();
}

void Assembly::refuse(const Wanted& wanted, const std::string& why) {
  problems_ += wanted.settings.source.text() + ": " + why + "\n";
  changes_.push_back({Change::refused, {wanted.key(), {}, {}}, why});
}

}  // namespace gatehouse::modules
