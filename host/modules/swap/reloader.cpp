#include "modules/swap/reloader.h"

#include <Poco/Logger.h>

#include <algorithm>
#include <iterator>

#include "modules/swap/assembly.h"

namespace gatehouse::modules {

using core::Result;
using core::Status;
using Clock = std::chrono::steady_clock;

std::string_view name(PluginChange::Kind kind) {
  switch (kind) {
    case PluginChange::Kind::reused: return "reused";
    case PluginChange::Kind::loaded: return "loaded";
    case PluginChange::Kind::replaced: return "replaced";
    case PluginChange::Kind::held_back: return "held_back";
    case PluginChange::Kind::returned: return "returned";
    case PluginChange::Kind::removed: return "removed";
    case PluginChange::Kind::refused: return "refused";
  }
  return "refused";
}

Reloader::Reloader(const config::Settings& settings, std::unique_ptr<Staging> staging,
                   std::unique_ptr<PluginStatsTable> stats, std::unique_ptr<Reaper> reaper,
                   std::shared_ptr<const Generation> first)
    : staging_(std::move(staging)),
      stats_(std::move(stats)),
      reaper_(std::move(reaper)),
      registry_(std::move(first)),
      settings_(settings),
      probation_([this](const Replacement& replacement, const std::string& why) { take_back(replacement, why); }) {}

Result<std::unique_ptr<Reloader>> Reloader::open(const config::Settings& settings) {
  GH_ASSIGN(auto staging, Staging::open(std::filesystem::path(settings.data_dir) / "modules"));
  auto stats = std::make_unique<PluginStatsTable>();
  auto reaper = std::make_unique<Reaper>();
  const Preflight preflight(settings.preflight_timeout);
  const std::vector<Rollback> none;
  Assembly assembly(settings, *staging, preflight, *stats, nullptr, none);
  std::unique_ptr<Generation> first = assembly.build(1);
  if (Status status = assembly.status(); !status.ok()) return status;
  auto shared = reaper->share(std::move(first));
  return std::unique_ptr<Reloader>(
      new Reloader(settings, std::move(staging), std::move(stats), std::move(reaper), std::move(shared)));
}

ReloadReport Reloader::reload(const config::Settings& settings, Retry retry) {
  const std::lock_guard lock(reloading_);
  if (retry == Retry::all) {
    const std::lock_guard listing(listing_);
    rollbacks_.clear();
  }
  config::Settings wanted = settings;
  std::vector<Promotion> promotions = still_promoted(settings);
  for (config::PolicySettings& policy : wanted.policies) {
    for (const Promotion& promotion : promotions) {
      if (promotion.policy == policy.component.name) make(promotion, policy);
    }
  }
  ReloadReport report = apply(wanted);
  if (report.done) promotions_ = std::move(promotions);
  report.promoted = promotions_;
  return report;
}

ReloadReport Reloader::promote(std::string_view name) {
  const std::lock_guard lock(reloading_);
  config::Settings wanted = settings_;
  const auto policy = std::find_if(wanted.policies.begin(), wanted.policies.end(),
                                   [&](const auto& settings) { return settings.component.name == name; });
  if (policy == wanted.policies.end() || !policy->shadow)
    return refused({core::Code::not_found, "there is no policy '" + std::string(name) + "' with a shadow"});
  const std::string sha256 = registry_.current()->find({PluginKind::shadow, std::string(name)})->report.sha256;
  {
    const std::lock_guard listing(listing_);
    const PluginKey live{PluginKind::policy, std::string(name)};
    std::erase_if(rollbacks_, [&](const Rollback& rollback) {
      return rollback.plugin.key() == live && rollback.plugin.sha256 == sha256;
    });
  }
  promotions_.push_back({std::string(name), policy->component.plugin, policy->shadow->plugin, sha256});
  make(promotions_.back(), *policy);
  ReloadReport report = apply(wanted);
  if (!report.done) promotions_.pop_back();
  report.promoted = promotions_;
  return report;
}

// REQUIRES: the policy has a shadow.
void Reloader::make(const Promotion& promotion, config::PolicySettings& policy) {
  policy.component = *policy.shadow;
  policy.component.sha256 = promotion.sha256;  // the build that was watched becomes live, not a newer file
  policy.shadow.reset();
}

std::vector<Promotion> Reloader::still_promoted(const config::Settings& settings) const {
  std::vector<Promotion> still;
  std::copy_if(promotions_.begin(), promotions_.end(), std::back_inserter(still), [&](const Promotion& promotion) {
    return std::any_of(settings.policies.begin(), settings.policies.end(), [&](const auto& policy) {
      return policy.component.name == promotion.policy && policy.component.plugin == promotion.plugin &&
             policy.shadow && policy.shadow->plugin == promotion.shadow;
    });
  });
  return still;
}

// REQUIRES: reloading_ is held.
ReloadReport Reloader::apply(const config::Settings& settings) {
  const auto began = Clock::now();
  std::shared_ptr<const Generation> before = registry_.current();
  const Preflight preflight(settings.preflight_timeout);
  Assembly assembly(settings, *staging_, preflight, *stats_, before.get(), rollbacks_);
  std::unique_ptr<Generation> next = assembly.build(before->number() + 1);
  ReloadReport report;
  const Status status = assembly.status();
  report.done = status.ok();
  report.problem = status.message();
  report.plugins = assembly.take_changes();
  if (report.done) {
    settings_ = settings;
    registry_.replace(reaper_->share(std::move(next)));
    probation_.begin(assembly.take_replacements(), settings.probation);
  } else {
    reaper_->end(std::move(next));
  }
  before.reset();  // only exchanges are to be counted
  report.generation = registry_.current()->number();
  for (const GenerationState& generation : generations()) {
    if (!generation.current) report.still_running.push_back(generation);
  }
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  return report;
}

ReloadReport Reloader::refused(const Status& why) const {
  ReloadReport report;
  report.problem = why.message();
  report.generation = registry_.current()->number();
  return report;
}

void Reloader::take_back(const Replacement& replacement, const std::string& why) {
  const std::lock_guard lock(reloading_);
  const PluginReport& failing = replacement.after.report;
  std::shared_ptr<const Generation> before = registry_.current();
  const PluginUse* in_use = before->find(failing.key());
  if (in_use == nullptr || in_use->instance != replacement.after.instance) return;  // replaced meanwhile
  const Preflight preflight(settings_.preflight_timeout);
  Assembly assembly(settings_, *staging_, preflight, *stats_, before.get(), rollbacks_);
  std::erase_if(promotions_, [&](const Promotion& promotion) {
    return failing.kind == PluginKind::policy && promotion.policy == failing.name;
  });
  registry_.replace(reaper_->share(assembly.build_with(replacement.before, before->number() + 1)));
  {
    const std::lock_guard listing(listing_);
    rollbacks_.push_back({failing, replacement.after.config, why, std::chrono::system_clock::now()});
    ++taken_back_;
  }
  const auto shown = [](const PluginVersion& plugin) {
    return plugin.version + " (" + plugin.sha256.substr(0, 12) + ")";
  };
  Poco::Logger::get("gatehouse")
      .error(std::string(modules::name(failing.kind)) + " " + failing.name + " " + shown(failing) +
             " is taken back: " + why + "; " + shown(replacement.before.report) + " serves again in generation " +
             std::to_string(before->number() + 1));
}

std::vector<Rollback> Reloader::rollbacks() const {
  const std::lock_guard listing(listing_);
  return rollbacks_;
}

std::uint64_t Reloader::taken_back() const {
  const std::lock_guard listing(listing_);
  return taken_back_;
}

std::vector<GenerationState> Reloader::generations() const { return reaper_->generations(*registry_.current()); }

}  // namespace gatehouse::modules
