#include "modules/instance.h"

#include <gatehouse/views.hpp>

#include <algorithm>

#include "modules/outcome.h"
#include "modules/plugin_text.h"

namespace gatehouse::modules {

namespace {

constexpr std::size_t kMaxLine = 4096;

// This gateway has no further tables of functions yet.
const void* no_extension(const gh_host*, const char*) noexcept { return nullptr; }

}  // namespace

Instance::Instance(Component component, std::string name, DiagnosticLog log, std::shared_ptr<Account> account)
    : component_(std::move(component)), name_(std::move(name)), log_(std::move(log)), account_(std::move(account)) {
  if (!account_) account_ = std::make_shared<Account>(PluginVersion{{}, name_, component_.version, {}});
  const auto write = [](const gh_host* host, std::uint32_t level, gh_str text) noexcept {
    const auto& self = *static_cast<const Instance*>(host->ctx);
    const std::string line = plugin_text(text.data, std::min(text.len, kMaxLine));
    self.log_(self.name_, std::min<std::uint32_t>(level, GH_LOG_ERROR), line);
  };
  host_ = {sizeof(gh_host), GH_ABI_MINOR, this, write, no_extension};
}

core::Result<std::shared_ptr<Instance>> Instance::create(Component component, std::string name,
                                                         std::string_view config_json, DiagnosticLog log,
                                                         std::shared_ptr<Account> account) {
  std::shared_ptr<Instance> instance(
      new Instance(std::move(component), std::move(name), std::move(log), std::move(account)));
  const std::lock_guard lock(instance->component_.module->serial());
  CallError error;
  const gh_status status =
      instance->component_.create(&instance->host_, str(config_json), &instance->raw_, error.raw());
  if (status != GH_OK) return error.to_status(status, instance->name_);
  instance->created_ = true;
  return instance;
}

Instance::~Instance() {
  if (!created_) return;
  const std::lock_guard lock(component_.module->serial());
  component_.destroy(raw_);
}

}  // namespace gatehouse::modules
