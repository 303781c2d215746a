#include "modules/reloader.h"

#include <Poco/Logger.h>

#include "modules/assembly.h"

namespace gatehouse::modules {

using core::Result;
using core::Status;
using Clock = std::chrono::steady_clock;

std::string_view name(PluginChange::Kind kind) {
  switch (kind) {
    case PluginChange::Kind::reused: return "reused";
    case PluginChange::Kind::loaded: return "loaded";
    case PluginChange::Kind::replaced: return "replaced";
    case PluginChange::Kind::removed: return "removed";
    case PluginChange::Kind::refused: return "refused";
  }
  return "refused";
}

Reloader::Reloader(std::unique_ptr<Staging> staging, std::unique_ptr<Accounts> accounts, std::unique_ptr<Reaper> reaper,
                   std::shared_ptr<const Generation> first)
    : staging_(std::move(staging)),
      accounts_(std::move(accounts)),
      reaper_(std::move(reaper)),
      registry_(std::move(first)) {}

Result<std::unique_ptr<Reloader>> Reloader::open(const config::Settings& settings) {
  auto staging = Staging::open(std::filesystem::path(settings.data_dir) / "modules");
  if (!staging.ok()) return staging.status();
  auto accounts = std::make_unique<Accounts>();
  auto reaper = std::make_unique<Reaper>();
  const Preflight preflight(settings.preflight_timeout);
  Assembly assembly(settings, **staging, preflight, *accounts, nullptr);
  std::unique_ptr<Generation> first = assembly.build(1);
  if (Status status = assembly.status(); !status.ok()) return status;
  auto shared = reaper->share(std::move(first));
  return std::unique_ptr<Reloader>(
      new Reloader(*std::move(staging), std::move(accounts), std::move(reaper), std::move(shared)));
}

ReloadReport Reloader::reload(const config::Settings& settings) {
  const std::lock_guard lock(reloading_);
  const auto began = Clock::now();
  std::shared_ptr<const Generation> before = registry_.current();
  const Preflight preflight(settings.preflight_timeout);
  Assembly assembly(settings, *staging_, preflight, *accounts_, before.get());
  std::unique_ptr<Generation> next = assembly.build(before->number() + 1);
  ReloadReport report;
  const Status status = assembly.status();
  report.done = status.ok();
  report.problem = status.message();
  report.plugins = assembly.take_changes();
  if (report.done)
    registry_.replace(reaper_->share(std::move(next)));
  else
    reaper_->end(std::move(next));
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

std::vector<GenerationState> Reloader::generations() const { return reaper_->generations(*registry_.current()); }

}  // namespace gatehouse::modules
