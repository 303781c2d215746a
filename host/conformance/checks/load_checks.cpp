// What a plugin says of itself once it is loaded.
#include <gatehouse/json.hpp>

#include <random>
#include <string>

#include "conformance/check.h"
#include "conformance/plugin.h"

namespace gatehouse::conformance {

namespace {

void opens(const CheckedPlugin& checked) { load(checked); }

void is_well_described(const CheckedPlugin& checked) { components(load(checked)); }

void ends_its_components(const CheckedPlugin& checked) {
  const auto module = load(checked);
  const std::lock_guard lock(module->serial());
  doing("listing its components");
  std::uint32_t count = 0;
  while (count < 1000 && module->component(count) != nullptr) ++count;
  const auto expect_end = [&](std::uint32_t index) {
    if (index >= count && module->component(index) != nullptr)
      fail("component(" + std::to_string(index) + ") is none of its " + std::to_string(count) + ", and not NULL");
  };
  for (std::uint32_t past = 0; past < 100; ++past) expect_end(count + past);
  std::minstd_rand random(1);
  for (int i = 0; i < 100; ++i) expect_end(static_cast<std::uint32_t>(random()) * 2u + 1u);
  expect_end(UINT32_MAX);
}

void keeps_its_components(const CheckedPlugin& checked) {
  const auto module = load(checked);
  const std::lock_guard lock(module->serial());
  doing("listing its components");
  for (std::uint32_t index = 0; index < 64; ++index) {
    const gh_component* first = module->component(index);
    if (first != module->component(index)) fail("component(" + std::to_string(index) + ") gave two different ones");
    if (first == nullptr) return;
  }
}

void has_a_description(const CheckedPlugin& checked) {
  for (const modules::Component& component : components(load(checked))) {
    if (component.version.empty()) fail("component " + json_string(component.id) + " has no version");
    if (component.summary.empty()) fail("component " + json_string(component.id) + " has no summary");
  }
}

void is_created(const CheckedPlugin& checked) {
  each_instance(checked, {}, [](const Instance&) {});
}

}  // namespace

std::vector<Check> load_checks() {
  return {
      {"load.opens", "It is loaded with every symbol resolved, and its table is of this gateway's ABI.", opens},
      {"load.components", "Its components have well-formed, different ids, known interfaces and every slot they need.",
       is_well_described},
      {"load.end", "component(n) is NULL past the end, for any n.", ends_its_components},
      {"load.same", "component(n) gives the same component each time.", keeps_its_components},
      {"load.texts", "Every component has a version and a summary.", has_a_description},
      {"load.creates", "It is created with the configuration given, or with {}.", is_created},
  };
}

}  // namespace gatehouse::conformance
