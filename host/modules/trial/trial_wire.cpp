#include "modules/trial/trial_wire.h"

namespace gatehouse::modules {

namespace {

void append(std::string& wire, std::string_view field) { wire.append(field).push_back('\0'); }

std::string take(std::string_view& wire) {
  const std::string field(wire.substr(0, wire.find('\0')));
  wire.remove_prefix(std::min(wire.size(), field.size() + 1));
  return field;
}

}  // namespace

std::string to_wire(const Trial& trial) {
  std::string wire;
  append(wire, trial.file.native());
  append(wire, trial.shown);
  append(wire, trial.component);
  append(wire, trial.config);
  for (const std::string& interface_id : trial.interfaces) append(wire, interface_id);
  append(wire, {});
  if (!trial.state) return wire;
  append(wire, trial.state->owner);
  append(wire, std::to_string(trial.state->version));
  wire += trial.state->bytes;
  return wire;
}

Trial from_wire(std::string_view wire) {
  Trial trial;
  trial.file = take(wire);
  trial.shown = take(wire);
  trial.component = take(wire);
  trial.config = take(wire);
  for (std::string interface_id = take(wire); !interface_id.empty(); interface_id = take(wire))
    trial.interfaces.push_back(std::move(interface_id));
  if (wire.empty()) return trial;
  const std::string owner = take(wire);
  const auto version = static_cast<std::uint32_t>(std::stoul(take(wire)));
  trial.state = PluginState{owner, version, std::string(wire)};
  return trial;
}

}  // namespace gatehouse::modules
