// A plugin as the gateway meets it: the built shared library, its component, and configured instances.
// The library stays loaded, so that a sanitizer can name its functions. For one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dlfcn.h>

#include <gatehouse/testing.hpp>

namespace gatehouse::testing {

// The one component of GATEHOUSE_PLUGIN_DIR/name.so.
inline const gh_component& component_of(const std::string& name) {
  const std::string path = GATEHOUSE_PLUGIN_DIR "/" + name + ".so";
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(GH_EINTERNAL, ::dlerror());
  const auto entry = reinterpret_cast<const gh_module* (*)()>(::dlsym(library, "gatehouse_plugin"));
  if (entry == nullptr) throw Error(GH_EINTERNAL, path + " does not export gatehouse_plugin");
  return *entry()->component(0);
}

// Throws gatehouse::Error when the plugin refuses its configuration.
class PluginInstance {
 public:
  explicit PluginInstance(const std::string& name, std::string_view config = "{}")
      : component_(component_of(name)) {
    const Outcome made =
        Outcome::of([&](gh_error* error) { return component_.create(host_.raw(), str(config), &instance_, error); });
    if (made.status != GH_OK) throw Error(made.status, made.message());
  }
  ~PluginInstance() { component_.destroy(instance_); }
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(component_.vtable);
  }
  gh_instance* raw() { return instance_; }
  const std::vector<std::string>& log_lines() const { return host_.log_lines(); }

 private:
  const gh_component& component_;
  FakeHost host_;
  gh_instance* instance_ = nullptr;
};

// The sentence with which the plugin refuses this configuration; empty when it takes it.
inline std::string refusal(const std::string& name, std::string_view config) {
  try {
    const PluginInstance instance(name, config);
    return {};
  } catch (const Error& error) {
    return error.status() == GH_ECONFIG ? error.message() : "not GH_ECONFIG: " + error.message();
  }
}

}  // namespace gatehouse::testing
