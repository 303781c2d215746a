// One immutable state of the house: its routes, its policies, its sinks and the plugins behind them. Every exchange
// holds on to the generation it began with until its log record is written, so a swap never changes the plugins
// under an exchange. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/policy/policy_run.h"
#include "core/route/route.h"
#include "modules/abi/instance.h"
#include "modules/shadow/shadow.h"
#include "modules/swap/log_queue.h"

namespace gatehouse::modules {

// A plugin in use, as the operator sees it.
struct PluginReport : PluginVersion {
  std::string id;  // the component's own
  std::string interface_id;
  std::string file;
  std::string build;
  bool resident = false;
};

// A plugin in use, and what decides whether the next generation may go on with it.
struct PluginUse {
  PluginReport report;
  std::string wanted;  // the component as the configuration names it
  std::string config;  // may hold secrets
  std::shared_ptr<Instance> instance;
  config::QueueSettings queue_settings;  // of a sink
  std::shared_ptr<LogQueue> queue;       // of a sink
  std::shared_ptr<Shadow> shadow;        // of a shadow, and
  std::shared_ptr<Instance> shadowed;    // the policy it is compared with
};

struct GenerationParts {
  core::Routes routes;
  core::PolicyChain policies;
  std::vector<std::shared_ptr<LogQueue>> sinks;
  std::vector<PluginUse> plugins;
  std::optional<config::PriceFileSettings> prices;
};

class Generation {
 public:
  Generation(std::uint64_t number, GenerationParts parts)
      : number_(number), parts_(std::move(parts)), records_(std::make_unique<LogFanOut>(parts_.sinks)) {}
  // Drains the sinks that no other generation uses, and destroys the plugins that no other generation uses, the last
  // made first. May take long.
  ~Generation();

  std::uint64_t number() const { return number_; }
  std::chrono::system_clock::time_point since() const { return since_; }
  const core::Routes& routes() const { return parts_.routes; }
  const core::PolicyChain& policies() const { return parts_.policies; }
  core::RecordLog& records() const { return *records_; }
  const std::vector<std::shared_ptr<LogQueue>>& sinks() const { return parts_.sinks; }
  const std::vector<PluginUse>& plugins() const { return parts_.plugins; }
  const std::optional<config::PriceFileSettings>& prices() const { return parts_.prices; }

  const PluginUse* find(const PluginKey& key) const;  // nullptr: there is none
  // The module made of a file with these contents; nullptr when none is in use.
  std::shared_ptr<Module> module(std::string_view sha256) const;

 private:
  std::uint64_t number_;
  std::chrono::system_clock::time_point since_ = std::chrono::system_clock::now();
  GenerationParts parts_;
  std::unique_ptr<LogFanOut> records_;
};

}  // namespace gatehouse::modules
