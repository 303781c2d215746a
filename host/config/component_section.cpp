// providers, policies and log_sinks: plugins put to use.
#include <algorithm>
#include <filesystem>

#include "config/address.h"
#include "config/config_json.h"
#include "config/sections.h"

namespace gatehouse::config {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1};
constexpr milliseconds kLongest{24 * 3'600'000};
constexpr std::int64_t kMostFailures = 1'000'000;
constexpr std::int64_t kMostRecords = 10'000'000;
constexpr std::uint64_t kMostBytes = 1ull << 36;

bool names_file(const std::string& plugin) {
  return plugin.find('/') != std::string::npos || plugin.ends_with(".so") || plugin.ends_with(".dll");
}

void read_base_url(const Node& node, std::string& base_url) {
  auto url = node.text();
  if (!url) return;
  if (!is_web_url(*url, "?# ")) {
    node.fail("must be http://HOST[:PORT][/PATH] or https://… without user, query and fragment, not " + node.shown());
    return;
  }
  while (url->ends_with('/')) url->pop_back();
  base_url = *std::move(url);
}

void read_timeouts(const Node& node, core::Timeouts& timeouts) {
  const auto section = node.section({"connect", "first_byte", "between_chunks", "total"});
  if (!section) return;
  const auto read = [&](const char* key, milliseconds& out) {
    if (const Node* n = section->find(key)) assign(out, n->duration(kShortest, kLongest));
  };
  read("connect", timeouts.connect);
  read("first_byte", timeouts.first_byte);
  read("between_chunks", timeouts.between_chunks);
  read("total", timeouts.total);
}

void read_breaker(const Node& node, core::BreakerRules& breaker) {
  const auto section = node.section({"failures", "open_for", "share", "window", "least"});
  if (!section) return;
  if (const Node* n = section->find("failures")) assign(breaker.failures, n->integer(0, kMostFailures));
  if (const Node* n = section->find("open_for")) assign(breaker.open_for, n->duration(kShortest, kLongest));
  if (const Node* n = section->find("share")) assign(breaker.share, n->number(0, 1));
  if (const Node* n = section->find("window")) assign(breaker.window, n->duration(kShortest, kLongest));
  if (const Node* n = section->find("least")) assign(breaker.least, n->integer(1, kMostFailures));
}

void read_provider(const std::string& name, const Node& node, std::vector<ProviderSettings>& providers) {
  const auto section =
      node.section({"plugin", "base_url", "api_key", "ca_file", "timeouts", "breaker", "sha256", "config"});
  if (!section) return;
  ProviderSettings provider;
  read_component(*section, name, provider.component);
  if (const Node* n = section->find("base_url")) read_base_url(*n, provider.base_url);
  if (const Node* n = section->find("api_key")) {
    if (auto key = n->secret()) provider.api_key = Secret(*std::move(key));
  }
  if (const Node* n = section->find("ca_file")) assign(provider.ca_file, n->text());
  if (const Node* n = section->find("timeouts")) read_timeouts(*n, provider.timeouts);
  if (const Node* n = section->find("breaker")) read_breaker(*n, provider.breaker);
  providers.push_back(std::move(provider));
}

void read_queue(const Node& node, QueueSettings& queue) {
  const auto section = node.section({"max_records", "max_bytes", "on_full"});
  if (!section) return;
  if (const Node* n = section->find("max_records")) assign(queue.max_records, n->integer(1, kMostRecords));
  if (const Node* n = section->find("max_bytes")) assign(queue.max_bytes, n->size(1024, kMostBytes));
  if (const Node* n = section->find("on_full")) assign(queue.on_full, n->choice({"drop_oldest", "block", "refuse"}));
}

void read_sha256(const Node& node, std::string& sha256) {
  const auto text = node.text();
  if (!text) return;
  if (text->size() == 64 && text->find_first_not_of("0123456789abcdef") == std::string::npos) {
    sha256 = *text;
  } else {
    node.fail("must be the file's SHA-256 as 64 lower-case hex digits, as sha256sum prints it, not " + node.shown());
  }
}

// Reads the file of a shadow: another build of the policy, with the policy's name and configuration.
void read_shadow(const Node& node, PolicySettings& policy) {
  const auto plugin = node.text();
  if (!plugin) return;
  policy.shadow = policy.component;
  policy.shadow->plugin = *plugin;
  policy.shadow->by_file = names_file(*plugin);
  policy.shadow->sha256.clear();
  policy.shadow->source = node.source();
}

// REQUIRES: component belongs to the entry at `section`.
template <class Entries>
void check_unique(const Section& section, const Entries& others, const ComponentSettings& component) {
  const auto same = std::find_if(others.begin(), others.end(),
                                 [&](const auto& other) { return other.component.name == component.name; });
  if (same == others.end()) return;
  const Node* written = section.find("name");
  (written != nullptr ? *written : section.node())
      .fail("has the same name as the one at line " + std::to_string(same->component.source.line) +
            "; give one of them another \"name\"");
}

}  // namespace

void read_component(const Section& section, const std::string& default_name, ComponentSettings& component) {
  component.source = section.node().source();
  component.name = default_name;
  if (const Node* plugin = section.required("plugin")) {
    assign(component.plugin, plugin->text());
    component.by_file = names_file(component.plugin);
  }
  if (const Node* name = section.find("name")) assign(component.name, name->text());
  if (component.name.empty()) {
    component.name = component.by_file ? std::filesystem::path(component.plugin).stem().string() : component.plugin;
  }
  if (const Node* sha256 = section.find("sha256")) read_sha256(*sha256, component.sha256);
  if (const Node* config = section.find("config")) component.config = config_json(*config);
}

void read_providers(const Node& node, std::vector<ProviderSettings>& providers) {
  for (const auto& [name, value] : node.members()) read_provider(name, value, providers);
  if (node.is_null()) node.fail("needs one provider at least, such as `local: { plugin: echo }`");
}

void read_policies(const Node& node, std::vector<PolicySettings>& policies) {
  for (const Node& item : node.items()) {
    const auto section = item.section({"plugin", "name", "on_error", "sha256", "shadow", "config"});
    if (!section) continue;
    PolicySettings policy;
    read_component(*section, "", policy.component);
    if (const Node* n = section->find("on_error")) assign(policy.on_error, n->choice({"deny", "allow"}));
    if (const Node* n = section->find("shadow")) read_shadow(*n, policy);
    check_unique(*section, policies, policy.component);
    policies.push_back(std::move(policy));
  }
}

void read_log_sinks(const Node& node, std::vector<LogSinkSettings>& log_sinks) {
  for (const Node& item : node.items()) {
    const auto section = item.section({"plugin", "name", "sha256", "config", "queue"});
    if (!section) continue;
    LogSinkSettings sink;
    read_component(*section, "", sink.component);
    if (const Node* n = section->find("queue")) read_queue(*n, sink.queue);
    check_unique(*section, log_sinks, sink.component);
    log_sinks.push_back(std::move(sink));
  }
}

}  // namespace gatehouse::config
