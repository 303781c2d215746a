// Builds a generation from settings: finds the plugin files, loads them, creates their instances,
// and puts routes, policies and sinks together. All or nothing; serial.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/status.h"
#include "modules/generation.h"
#include "modules/instance.h"

namespace gatehouse::modules {

class Assembly {
 public:
  explicit Assembly(const config::Settings& settings) : settings_(settings) {}

  // A failure is Code::config; its message has one line per plugin that could not be put to use,
  // each with the place in the configuration file that asks for it.
  core::Result<std::shared_ptr<const Generation>> build(std::uint64_t number);

 private:
  using Providers = std::map<std::string, std::shared_ptr<core::Provider>, std::less<>>;

  Providers providers();
  void routes(const Providers& providers);
  void policies();
  void sinks();

  // Loads, creates and lists one plugin; nullptr, and a problem noted, when that fails.
  std::shared_ptr<Instance> instance(const config::ComponentSettings& settings, std::string_view kind,
                                     std::initializer_list<std::string_view> interfaces);
  core::Result<std::shared_ptr<Instance>> create(const config::ComponentSettings& settings,
                                                 std::initializer_list<std::string_view> interfaces);
  core::Result<std::shared_ptr<Module>> module(const config::ComponentSettings& settings);
  core::Result<std::filesystem::path> find(const config::ComponentSettings& settings) const;

  const config::Settings& settings_;
  std::map<std::filesystem::path, std::shared_ptr<Module>> modules_;  // by canonical path
  GenerationParts parts_;
  std::string problems_;  // one line each
};

}  // namespace gatehouse::modules
