// What a configured plugin is known by, and one build of it. Values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::modules {

enum class PluginKind : std::uint8_t {
  provider,
  policy,
  shadow,  // a second build of a policy, which only watches
  log_sink,
};

// As the operator and the metrics are told.
constexpr std::string_view name(PluginKind kind) {
  switch (kind) {
    case PluginKind::provider: return "provider";
    case PluginKind::policy: return "policy";
    case PluginKind::shadow: return "shadow";
    case PluginKind::log_sink: return "log_sink";
  }
  return "";
}

struct PluginKey {
  PluginKind kind = PluginKind::provider;
  std::string name;  // as in YAML; of a shadow that of its policy

  auto operator<=>(const PluginKey&) const = default;
};

struct PluginVersion : PluginKey {
  std::string version;
  std::string sha256;  // of the file, hex

  const PluginKey& key() const { return *this; }
  bool operator==(const PluginVersion&) const = default;
};

}  // namespace gatehouse::modules
