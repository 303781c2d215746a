// The echo provider from where the build put it, for tests that need a plugin in use. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/text/identifier.h"
#include "modules/abi/instance.h"
#include "modules/swap/generation.h"

namespace gatehouse::modules {

inline std::shared_ptr<Instance> echo_instance(const std::string& name) {
  auto component = Component::find(*Module::load(ECHO_PLUGIN), {GH_PROVIDER_LOCAL_1}, "echo");
  const auto ignore = [](std::string_view, std::uint32_t, std::string_view) {};
  return *Instance::create(*std::move(component), name, "{}", ignore);
}

// One version of the provider `name`, in use.
inline PluginUse echo_in_use(const std::string& name) {
  PluginUse use;
  use.report = {{{PluginKind::provider, name}, "1", core::random_hex(64)}, "echo", std::string(GH_PROVIDER_LOCAL_1), ECHO_PLUGIN, {}};
  use.instance = echo_instance(name);
  return use;
}

}  // namespace gatehouse::modules
