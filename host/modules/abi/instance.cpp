#include "modules/abi/instance.h"

#include <gatehouse/views.hpp>

#include <algorithm>

#include "modules/abi/outcome.h"
#include "modules/abi/plugin_text.h"

namespace gatehouse::modules {

namespace {

constexpr std::size_t kMaxLine = 4096;

gh_status add(const gh_host* host, gh_str name, std::int64_t delta, std::int64_t* now) noexcept {
  const auto& self = *static_cast<const Instance*>(host->ctx);
  const std::string safe = plugin_text(name.data, std::min(name.len, Counters::kMaxName + 1));
  const std::optional<std::int64_t> value = self.stats().counters().add(safe, delta);
  if (!value) return GH_EINVAL;
  if (now != nullptr) *now = *value;
  return GH_OK;
}

const void* extension(const gh_host* host, const char* interface_id) noexcept {
  static constexpr gh_counters counters = {sizeof(gh_counters), 0, add};
  static constexpr gh_trial trial = {sizeof(gh_trial), 0};
  const std::string_view wanted = interface_id == nullptr ? "" : interface_id;
  if (wanted == GH_COUNTERS_1) return &counters;
  if (wanted == GH_TRIAL_1 && static_cast<const Instance*>(host->ctx)->on_trial()) return &trial;
  return nullptr;
}

void put(gh_state_sink* sink, std::uint32_t version, gh_str bytes) noexcept {
  auto& state = *static_cast<std::optional<PluginState>*>(sink->ctx);
  state = PluginState{{}, version, std::string(view(bytes))};
}

}  // namespace

Instance::Instance(Component component, std::string name, DiagnosticLog log, std::shared_ptr<PluginStats> stats)
    : component_(std::move(component)), name_(std::move(name)), log_(std::move(log)), stats_(std::move(stats)) {
  if (!stats_) stats_ = std::make_shared<PluginStats>(PluginVersion{{{}, name_}, component_.version, {}});
  const auto write = [](const gh_host* host, std::uint32_t level, gh_str text) noexcept {
    const auto& self = *static_cast<const Instance*>(host->ctx);
    const std::string line = plugin_text(text.data, std::min(text.len, kMaxLine));
    self.log_(self.name_, std::min<std::uint32_t>(level, GH_LOG_ERROR), line);
  };
  host_ = {sizeof(gh_host), GH_ABI_MINOR, this, write, extension};
}

core::Result<std::shared_ptr<Instance>> Instance::create(Component component, std::string name,
                                                         std::string_view config_json, DiagnosticLog log,
                                                         std::shared_ptr<PluginStats> stats) {
  std::shared_ptr<Instance> instance(
      new Instance(std::move(component), std::move(name), std::move(log), std::move(stats)));
  GH_TRY(instance->create(config_json));
  return instance;
}

core::Result<std::shared_ptr<Instance>> Instance::try_out(Component component, std::string name,
                                                          std::string_view config_json, DiagnosticLog log) {
  std::shared_ptr<Instance> instance(new Instance(std::move(component), std::move(name), std::move(log), nullptr));
  instance->on_trial_ = true;
  GH_TRY(instance->create(config_json));
  return instance;
}

core::Status Instance::create(std::string_view config_json) {
  const std::lock_guard lock(component_.module->serial());
  CallError error;
  const gh_status status = component_.create(&host_, str(config_json), &raw_, error.raw());
  if (status != GH_OK) return error.to_status(status, name_);
  created_ = true;
  return {};
}

core::Result<std::optional<PluginState>> Instance::save() const {
  std::optional<PluginState> state;
  if (component_.state.save == nullptr) return state;
  gh_state_sink sink = {sizeof(gh_state_sink), 0, &state, put};
  CallError error;
  const gh_status status = component_.state.save(raw_, &sink, error.raw());
  if (status != GH_OK) return error.to_status(status, name_);
  if (state) state->owner = component_.id;
  if (state && state->bytes.size() > PluginState::kMaxBytes) {
    return core::Status(core::Code::config, name_ + " hands over " + std::to_string(state->bytes.size()) +
                                                " bytes of state; this gateway takes " +
                                                std::to_string(PluginState::kMaxBytes));
  }
  return state;
}

core::Status Instance::restore(const PluginState& state) {
  const std::lock_guard lock(component_.module->serial());
  CallError error;
  const gh_status status = component_.state.restore(raw_, state.version, str(state.bytes), error.raw());
  return status == GH_OK ? core::Status() : error.to_status(status, name_).within("cannot take over the state");
}

Instance::~Instance() {
  if (!created_) return;
  const std::lock_guard lock(component_.module->serial());
  component_.destroy(raw_);
}

}  // namespace gatehouse::modules
