// Loads a policy plugin as the gateway does and creates it once: abi_load FILE.so CONFIG_JSON.
#include <cstdio>

#include "modules/adapters/policy.h"

namespace modules = gatehouse::modules;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto fail = [](const gatehouse::core::Status& status) {
    std::fprintf(stderr, "%s\n", status.failure().message.c_str());
    return 1;
  };
  const auto module = modules::Module::load(argv[1]);
  if (!module.ok()) return fail(module.status());
  auto component = modules::Component::find(*module, {GH_POLICY_1}, "");
  if (!component.ok()) return fail(component.status());
  const std::string id = component->id;
  const auto ignore = [](std::string_view, std::uint32_t, std::string_view) {};
  const auto instance = modules::Instance::create(*std::move(component), id, argv[2], ignore);
  if (!instance.ok()) return fail(instance.status());
  std::printf("%s works\n", id.c_str());
  return 0;
}
