// One component of a module: its description, copied, and its tables, checked. A slot that the plugin lacks, because
// it is older or left it out, is NULL in the tables. Values; any thread.
#pragma once

#include <gatehouse/abi.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/status.h"
#include "modules/abi/module.h"

namespace gatehouse::modules {

using Table = std::variant<gh_codec, gh_local, gh_policy, gh_log_sink>;

struct Component {
  std::shared_ptr<Module> module;
  std::string id;
  std::string interface_id;
  std::string version;
  std::string summary;
  Table table;
  decltype(gh_component::create) create = nullptr;
  decltype(gh_component::destroy) destroy = nullptr;
  gh_state state{};  // save is NULL where it hands nothing over

  // Finds the module's component with one of the interfaces; of several, the one called `name`.
  // A failure has Code::config and names the file, the component and the slot at fault.
  static core::Result<Component> find(const std::shared_ptr<Module>& module,
                                      std::span<const std::string_view> interfaces, std::string_view name);
  static core::Result<Component> find(const std::shared_ptr<Module>& module,
                                      std::initializer_list<std::string_view> interfaces, std::string_view name) {
    return find(module, std::span<const std::string_view>(interfaces.begin(), interfaces.size()), name);
  }
};

}  // namespace gatehouse::modules
