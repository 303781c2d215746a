#include "modules/abi/component.h"

#include <gatehouse/json.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "modules/abi/plugin_text.h"

namespace gatehouse::modules {

namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::size_t kMaxText = 256;
constexpr std::uint32_t kMaxComponents = 64;
constexpr std::size_t kComponentSize = offsetof(gh_component, extension);  // of ABI 1.0

core::Status refused(const Module& module, const std::string& why) {
  return {core::Code::config, module.file() + " " + why};
}

bool well_formed(std::string_view id) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !id.empty() && id.size() <= kMaxId && id.find_first_not_of(allowed) == std::string_view::npos;
}

// A function table must have the slots called required, as names and offsets of its fields.
struct Slot {
  const char* name;
  std::size_t offset;
};
#define GH_SLOT(T, field) \
  Slot { #T "." #field, offsetof(T, field) }

// Copies as much of the plugin's table as it has, in whole slots; the rest stays NULL.
template <class T>
T copy_table(const void* table) {
  std::uint32_t size = 0;
  std::memcpy(&size, table, sizeof size);
  T copy{};
  std::memcpy(&copy, table, std::min<std::size_t>(size, sizeof copy) / sizeof(void*) * sizeof(void*));
  return copy;
}

template <class T>
const char* missing_slot(const T& table, std::initializer_list<Slot> required) {
  for (const Slot& slot : required) {
    const void* value = nullptr;
    std::memcpy(&value, reinterpret_cast<const char*>(&table) + slot.offset, sizeof value);
    if (value == nullptr) return slot.name;
  }
  return nullptr;
}

template <class T>
const char* fill(Table& table, const void* from, std::initializer_list<Slot> required) {
  const T copy = copy_table<T>(from);
  table = copy;
  return missing_slot(copy, required);
}

// Two slots of a policy that make sense only together.
const char* unmatched_slot(const gh_policy& policy) {
  if (policy.begin != nullptr && policy.end == nullptr) return "gh_policy.end";
  if (policy.stream_mode != GH_STREAM_NONE && policy.on_chunk == nullptr) return "gh_policy.on_chunk";
  return nullptr;
}

// Fills in the table of the component's interface. Returns the name of a required slot that is NULL, or nullptr.
const char* read_table(Component& component, const void* from) {
  if (component.interface_id == GH_PROVIDER_CODEC_1) {
    return fill<gh_codec>(
        component.table, from,
        {GH_SLOT(gh_codec, open), GH_SLOT(gh_codec, encode), GH_SLOT(gh_codec, decode), GH_SLOT(gh_codec, close)});
  }
  if (component.interface_id == GH_PROVIDER_LOCAL_1) {
    return fill<gh_local>(component.table, from, {GH_SLOT(gh_local, run)});
  }
  if (component.interface_id == GH_POLICY_1) {
    const char* missing = fill<gh_policy>(component.table, from, {GH_SLOT(gh_policy, on_request)});
    return missing != nullptr ? missing : unmatched_slot(std::get<gh_policy>(component.table));
  }
  return fill<gh_log_sink>(component.table, from, {GH_SLOT(gh_log_sink, write), GH_SLOT(gh_log_sink, flush)});
}

// Fills in the optional tables. Returns the name of a required slot that is NULL, or nullptr.
const char* read_extensions(Component& component, const gh_component& raw) {
  if (!GH_HAS(gh_component, &raw, extension) || raw.extension == nullptr) return nullptr;
  const void* state = raw.extension(GH_STATE_1);
  if (state == nullptr) return nullptr;
  component.state = copy_table<gh_state>(state);
  return missing_slot(component.state, {GH_SLOT(gh_state, save), GH_SLOT(gh_state, restore)});
}

core::Result<Component> read(const std::shared_ptr<Module>& module, const gh_component& raw) {
  Component component;
  component.module = module;
  component.id = plugin_text(raw.id, kMaxId + 1);
  component.interface_id = plugin_text(raw.interface_id, kMaxText);
  component.version = plugin_text(raw.version, kMaxText);
  component.summary = plugin_text(raw.summary, kMaxText);
  component.create = raw.create;
  component.destroy = raw.destroy;
  const char* missing = raw.vtable == nullptr    ? "gh_component.vtable"
                        : raw.create == nullptr  ? "gh_component.create"
                        : raw.destroy == nullptr ? "gh_component.destroy"
                                                 : read_table(component, raw.vtable);
  if (missing == nullptr) missing = read_extensions(component, raw);
  if (missing == nullptr) return component;
  return refused(*module, "leaves the slot " + std::string(missing) + " of component " + json_string(component.id) +
                              " NULL, which this gateway needs for " + component.interface_id);
}

// Every component's description, as long as ids are well-formed and unique.
core::Result<std::vector<const gh_component*>> list(const Module& module) {
  std::vector<const gh_component*> all;
  std::set<std::string> ids;
  while (const gh_component* raw = module.component(static_cast<std::uint32_t>(all.size()))) {
    if (all.size() == kMaxComponents) {
      return refused(
          module, "has more than " + std::to_string(kMaxComponents) + " components, which is all this gateway takes");
    }
    if (raw->size < kComponentSize) {
      return refused(module, "has a gh_component of " + std::to_string(raw->size) + " bytes, this gateway needs " +
                                 std::to_string(kComponentSize));
    }
    const std::string id = plugin_text(raw->id, kMaxId + 1);
    if (!well_formed(id)) {
      return refused(module, "has a component with the id " + json_string(id) + "; this gateway takes 1 to " +
                                 std::to_string(kMaxId) + " of a-z, 0-9, _, - and .");
    }
    if (!ids.insert(id).second)
      return refused(module, "has two components with the id " + json_string(id) + "; ids must differ");
    all.push_back(raw);
  }
  return all;
}

std::string joined(std::span<const std::string_view> names) {
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : " or ") + std::string(name);
  return all;
}

}  // namespace

core::Result<Component> Component::find(const std::shared_ptr<Module>& module,
                                        std::span<const std::string_view> interfaces, std::string_view name) {
  const std::lock_guard lock(module->serial());
  GH_ASSIGN(const auto all, list(*module));
  std::vector<const gh_component*> fitting;
  std::string offered;
  for (const gh_component* raw : all) {
    const std::string interface_id = plugin_text(raw->interface_id, kMaxText);
    const bool fits = std::find(interfaces.begin(), interfaces.end(), interface_id) != interfaces.end();
    if (fits) fitting.push_back(raw);
    offered += (offered.empty() ? "" : ", ") + plugin_text(raw->id, kMaxId) + " (" + interface_id + ")";
  }
  if (fitting.size() == 1) return read(module, *fitting.front());
  for (const gh_component* raw : fitting) {
    if (plugin_text(raw->id, kMaxId) == name) return read(module, *raw);
  }
  return refused(*module, "offers " + (offered.empty() ? "no component" : offered) + ", this gateway needs " +
                              (fitting.empty() ? "" : json_string(name) + " with ") + joined(interfaces) + " here");
}

}  // namespace gatehouse::modules
