// What a plugin of a kind has to be: the conditions that a swap and an inspection share. Functions; any thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "core/status.h"
#include "modules/abi/component.h"
#include "modules/abi/plugin_key.h"

namespace gatehouse::modules {

// The interfaces that a plugin of this kind may have.
inline std::span<const std::string_view> interfaces_of(PluginKind kind) {
  static constexpr std::string_view provider[] = {GH_PROVIDER_CODEC_1, GH_PROVIDER_LOCAL_1};
  static constexpr std::string_view policy[] = {GH_POLICY_1};
  static constexpr std::string_view log_sink[] = {GH_LOG_SINK_1};
  switch (kind) {
    case PluginKind::provider: return provider;
    case PluginKind::log_sink: return log_sink;
    case PluginKind::policy:
    case PluginKind::shadow: return policy;
  }
  return {};
}

// Whether the file is the one that the configuration pins.
inline core::Status check_pin(const config::ComponentSettings& component, const std::filesystem::path& file,
                              const std::string& sha256) {
  if (component.sha256.empty() || component.sha256 == sha256) return {};
  return {core::Code::config,
          file.string() + " has the SHA-256 " + sha256 + ", the configuration asks for " + component.sha256};
}

inline core::Status check_base_url(const std::string& provider, std::string_view interface_id,
                                   const std::string& base_url) {
  if (interface_id == GH_PROVIDER_LOCAL_1 || !base_url.empty()) return {};
  return {core::Code::config, "provider '" + provider + "' needs a base_url: its plugin speaks to a remote server"};
}

}  // namespace gatehouse::modules
