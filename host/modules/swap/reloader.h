// START HERE for swaps: replaces the generation that serves by one built from other settings, all or nothing, and
// owns what plugins need over all generations. Thread-safe; one reload at a time.
//
//   hash every file -> copy what changed -> try it in a process of its own -> create what changed
//   -> swap one pointer -> the reaper ends the old generation when its last exchange is done
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "config/settings.h"
#include "core/status.h"
#include "modules/abi/plugin_stats.h"
#include "modules/staging/staging.h"
#include "modules/swap/probation.h"
#include "modules/swap/reaper.h"
#include "modules/swap/registry.h"
#include "modules/swap/reload_report.h"

namespace gatehouse::modules {

class Reloader {
 public:
  // Builds the first generation. A failure has Code::config and a line per problem.
  static core::Result<std::unique_ptr<Reloader>> open(const config::Settings& settings);
  // REQUIRES: no exchange holds a generation any more.
  ~Reloader() = default;

  // All or nothing: after any failure the generation that serves is untouched, and the report says why. Versions that
  // were taken back are tried again only with Retry::all.
  enum class Retry : std::uint8_t { none, all };
  ReloadReport reload(const config::Settings& settings, Retry retry = Retry::none);
  // Makes the policy's shadow the build that decides, all or nothing. That holds over reloads until the configuration
  // names other files.
  ReloadReport promote(std::string_view policy);
  // The report of a reload that found no settings to apply.
  ReloadReport refused(const core::Status& why) const;

  Registry& registry() { return registry_; }
  std::vector<GenerationState> generations() const;
  std::vector<Rollback> rollbacks() const;  // versions that are not tried again
  std::uint64_t taken_back() const;         // how often, since the start
  std::vector<Leftover> leftovers() const { return staging_->leftovers().list(); }
  std::vector<std::shared_ptr<const PluginStats>> plugin_stats() const { return stats_->all(); }

 private:
  Reloader(const config::Settings& settings, std::unique_ptr<Staging> staging, std::unique_ptr<PluginStatsTable> stats,
           std::unique_ptr<Reaper> reaper, std::shared_ptr<const Generation> first);

  ReloadReport apply(const config::Settings& settings);
  static void make(const Promotion& promotion, config::PolicySettings& policy);
  std::vector<Promotion> still_promoted(const config::Settings& settings) const;
  void take_back(const Replacement& replacement, const std::string& why);

  std::mutex reloading_;
  // In this order: a generation ends on the reaper, and its modules' copies are deleted from the staging folder.
  const std::unique_ptr<Staging> staging_;
  const std::unique_ptr<PluginStatsTable> stats_;
  const std::unique_ptr<Reaper> reaper_;
  Registry registry_;
  config::Settings settings_;  // that the generation being served was built from
  std::vector<Promotion> promotions_;
  mutable std::mutex listing_;  // of what follows; it changes only while reloading_ is held, too
  std::vector<Rollback> rollbacks_;
  std::uint64_t taken_back_ = 0;
  Probation probation_;  // last: its thread uses the rest
};

}  // namespace gatehouse::modules
