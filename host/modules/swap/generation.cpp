#include "modules/swap/generation.h"

#include <algorithm>

namespace gatehouse::modules {

Generation::~Generation() {
  records_.reset();
  parts_.routes.clear();
  parts_.policies.clear();
  parts_.sinks.clear();
  while (!parts_.plugins.empty()) parts_.plugins.pop_back();
}

const PluginUse* Generation::find(const PluginKey& key) const {
  const auto found = std::find_if(parts_.plugins.begin(), parts_.plugins.end(),
                                  [&](const PluginUse& use) { return use.report.key() == key; });
  return found == parts_.plugins.end() ? nullptr : &*found;
}

std::shared_ptr<Module> Generation::module(std::string_view sha256) const {
  const auto found = std::find_if(parts_.plugins.begin(), parts_.plugins.end(),
                                  [&](const PluginUse& use) { return use.report.sha256 == sha256; });
  return found == parts_.plugins.end() ? nullptr : found->instance->component().module;
}

}  // namespace gatehouse::modules
