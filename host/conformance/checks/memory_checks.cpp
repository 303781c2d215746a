// What a plugin does with the memory it is shown.
#include "conformance/check.h"
#include "conformance/exchange.h"
#include "conformance/plugin.h"

namespace gatehouse::conformance {

namespace {

void use(const CheckedPlugin& checked, Layout layout) {
  for (const modules::Component& component : components(load(checked))) {
    Memory memory(layout);
    const auto instance = create(component, checked, memory);
    exercise(*instance, memory);
    for (const Request& request : odd_requests()) {
      if (component.interface_id == GH_POLICY_1) {
        PolicyCall call(*instance, request, memory);
        if (call.begun().ok()) call.on_request();
      } else if (component.interface_id == GH_PROVIDER_CODEC_1) {
        CodecCall call(*instance, request, memory);
        if (call.opened().ok()) call.encode();
      }
    }
  }
}

void stays_within_bounds(const CheckedPlugin& checked) { use(checked, Layout::guarded); }
void takes_longer_structs(const CheckedPlugin& checked) { use(checked, Layout::larger); }

}  // namespace

std::vector<Check> memory_checks() {
  return {
      {"memory.bounds", "It reads no byte past the end of a text or struct, and writes none.", stays_within_bounds},
      {"memory.later", "It works with a later gateway, whose structs are longer.", takes_longer_structs},
  };
}

}  // namespace gatehouse::conformance
