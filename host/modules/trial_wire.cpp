#include "modules/trial_wire.h"

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
  return wire;
}

Trial from_wire(std::string_view wire) {
  Trial trial;
  trial.file = take(wire);
  trial.shown = take(wire);
  trial.component = take(wire);
  trial.config = take(wire);
  while (!wire.empty()) trial.interfaces.push_back(take(wire));
  return trial;
}

}  // namespace gatehouse::modules
