// The sections of the file, each read into its part of Settings. What is wrong is reported to the
// document; what is absent keeps its default. One load, one thread.
#pragma once

#include "config/yaml/node.h"
#include "config/price_file.h"
#include "config/settings.h"

namespace gatehouse::config {

void read_server(const Node& node, ServerSettings& server);
void read_hosts(const Node& node, std::vector<std::string>& hosts);
void read_cors(const Node& node, std::vector<std::string>& origins);
void read_proxies(const Node& node, core::AddressRanges& proxies);
void read_admin(const Node& node, AdminSettings& admin);
void read_keep(const Node& node, Settings& settings);
void read_plugins(const Node& node, Settings& settings);

void read_providers(const Node& node, std::vector<ProviderSettings>& providers);
void read_token_counts(const Node& node, std::vector<VocabularySettings>& vocabularies);
// Nothing, if the file that is named cannot be read.
std::optional<PriceFile> read_prices(const Node& node, Settings& settings);
// Into settings.models. REQUIRES: providers, token_counts and limits have been read. prices: nullptr where there are
// none.
void read_models(const Node& node, const PriceFile* prices, Settings& settings);
// `free`, or dollars.
void read_price(const Node& node, std::optional<core::Price>& price);
void read_policies(const Node& node, std::vector<PolicySettings>& policies);
void read_warnings(const Node& node, WarningSettings& warnings);
void read_shared_limits(const Node& node, std::optional<SharedLimitsSettings>& shared);
void read_log_sinks(const Node& node, std::vector<LogSinkSettings>& log_sinks);

// What providers, policies and sinks share: plugin, name and config of one entry.
void read_component(const Section& section, const std::string& default_name, ComponentSettings& component);

}  // namespace gatehouse::config
