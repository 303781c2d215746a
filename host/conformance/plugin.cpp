#include "conformance/plugin.h"

#include <gatehouse/json.hpp>
#include <gatehouse/views.hpp>

#include <algorithm>

#include "modules/abi/plugin_text.h"

namespace gatehouse::conformance {

namespace {

constexpr std::string_view kInterfaces[] = {GH_PROVIDER_CODEC_1, GH_PROVIDER_LOCAL_1, GH_POLICY_1, GH_LOG_SINK_1};
constexpr std::uint32_t kMaxComponents = 64;
constexpr std::size_t kMaxText = 256;

struct Named {
  std::string id, interface_id;
};

std::vector<Named> names_of(const modules::Module& module) {
  const std::lock_guard lock(module.serial());
  std::vector<Named> names;
  for (std::uint32_t index = 0; index < kMaxComponents; ++index) {
    const gh_component* raw = module.component(index);
    if (raw == nullptr) break;
    const bool whole = raw->size >= offsetof(gh_component, extension);
    names.push_back({modules::plugin_text(whole ? raw->id : nullptr, kMaxText),
                     modules::plugin_text(whole ? raw->interface_id : nullptr, kMaxText)});
  }
  return names;
}

bool is_known(const std::string& interface_id) {
  return std::find(std::begin(kInterfaces), std::end(kInterfaces), interface_id) != std::end(kInterfaces);
}

}  // namespace

std::shared_ptr<modules::Module> load(const CheckedPlugin& checked) {
  doing("loading");
  auto module = modules::Module::load(checked.file, "the file");
  if (!module.ok()) fail(std::string(module.status().message()));
  return *std::move(module);
}

std::vector<modules::Component> components(const std::shared_ptr<modules::Module>& module) {
  doing("listing its components");
  std::vector<modules::Component> found;
  std::string unknown;
  for (const Named& named : names_of(*module)) {
    core::Result<modules::Component> component = modules::Component::find(module, kInterfaces, named.id);
    if (component.ok() && component->id == named.id)
      found.push_back(*std::move(component));
    else if (!named.interface_id.empty() && !is_known(named.interface_id))  // perhaps for a later gateway
      unknown = "this gateway knows no interface " + json_string(named.interface_id);
    else
      fail(std::string(component.status().message()));
  }
  if (found.empty()) fail(unknown.empty() ? "it has no component" : unknown);
  return found;
}

Instance::Created Instance::create(const modules::Component& component, std::string_view config, Memory& memory) {
  std::unique_ptr<Instance> instance(new Instance(component));
  const auto log = [](const gh_host*, std::uint32_t, gh_str) noexcept {};
  const gh_host* host = memory.place(gh_host{sizeof(gh_host), GH_ABI_MINOR, instance.get(), log, extension});
  Outcome outcome = call(memory, "creating", [&](gh_error* error) {
    return component.create(host, memory.text(config), &instance->raw_, error);
  });
  instance->created_ = outcome.ok();
  if (!outcome.ok()) instance.reset();
  return {std::move(outcome), std::move(instance)};
}

Instance::~Instance() {
  if (!created_) return;
  doing("destroying");
  component_.destroy(raw_);
}

const void* Instance::extension(const gh_host*, const char* interface_id) noexcept {
  static constexpr gh_counters counters = {sizeof(gh_counters), 0, add};
  return interface_id != nullptr && std::string_view(interface_id) == GH_COUNTERS_1 ? &counters : nullptr;
}

gh_status Instance::add(const gh_host* host, gh_str name, std::int64_t delta, std::int64_t* now) noexcept {
  auto& self = *static_cast<Instance*>(host->ctx);
  const std::lock_guard lock(self.mutex_);
  std::int64_t& counter = self.counters_[std::string(view(name))];
  counter += delta;
  if (now != nullptr) *now = counter;
  return GH_OK;
}

std::unique_ptr<Instance> create(const modules::Component& component, const CheckedPlugin& checked, Memory& memory) {
  Instance::Created created = Instance::create(component, checked.config, memory);
  if (created.instance) return std::move(created.instance);
  if (checked.configured) fail("it refuses the configuration given: " + created.outcome.message);
  skip("it wants a configuration, to be given with --config: " + created.outcome.message);
}

void each_instance(const CheckedPlugin& checked, std::initializer_list<std::string_view> interfaces,
                   const std::function<void(const Instance&)>& visit) {
  bool any = false;
  for (const modules::Component& component : components(load(checked))) {
    const bool wanted = interfaces.size() == 0 ||
                        std::find(interfaces.begin(), interfaces.end(), component.interface_id) != interfaces.end();
    if (!wanted) continue;
    any = true;
    Memory memory;
    visit(*create(component, checked, memory));
  }
  if (!any) nothing_to_check();
}

}  // namespace gatehouse::conformance
