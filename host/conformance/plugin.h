// Loads the plugin that is checked, finds its components and makes instances. A failure on the way ends the check.
// An Instance belongs to one check; its calls may come from any thread.
#pragma once

#include <gatehouse/abi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/call.h"
#include "conformance/check.h"
#include "conformance/memory.h"
#include "modules/abi/component.h"

namespace gatehouse::conformance {

std::shared_ptr<modules::Module> load(const CheckedPlugin& checked);

// The components whose interface this gateway knows; at least one.
std::vector<modules::Component> components(const std::shared_ptr<modules::Module>& module);

// An instance of a component. Its gh_host lies in `memory`, logs nothing and keeps counters.
class Instance {
 public:
  struct Created {
    Outcome outcome;
    std::unique_ptr<Instance> instance;  // null when it failed
  };
  // REQUIRES: the memory outlives the instance.
  static Created create(const modules::Component& component, std::string_view config, Memory& memory);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const modules::Component& component() const { return component_; }
  gh_instance* raw() const { return raw_; }
  template <class T>
  const T& table() const {  // REQUIRES: T is that of its interface
    return std::get<T>(component_.table);
  }

 private:
  explicit Instance(modules::Component component) : component_(std::move(component)) {}
  static const void* extension(const gh_host* host, const char* interface_id) noexcept;
  static gh_status add(const gh_host* host, gh_str name, std::int64_t delta, std::int64_t* now) noexcept;

  const modules::Component component_;
  std::mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> counters_;
  gh_instance* raw_ = nullptr;
  bool created_ = false;
};

// Creates an instance with checked.config. The check is skipped if the plugin refuses the default {}, and fails if it
// refuses a given configuration.
std::unique_ptr<Instance> create(const modules::Component& component, const CheckedPlugin& checked, Memory& memory);

// Calls visit for a new instance of each component whose interface is one of these; all when none is given.
// There is nothing to check where the plugin has no such component.
void each_instance(const CheckedPlugin& checked, std::initializer_list<std::string_view> interfaces,
                   const std::function<void(const Instance&)>& visit);

}  // namespace gatehouse::conformance
