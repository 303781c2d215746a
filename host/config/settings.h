// What the configuration file says, checked and with the environment filled in: every name in it
// exists, every number is in range. Plain values, read-only once loaded.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/address.h"
#include "config/secret.h"
#include "config/yaml/source.h"
#include "core/address_ranges.h"
#include "core/money/limit_rule.h"
#include "core/money/money.h"
#include "core/policy/policy.h"
#include "core/route/refusals.h"
#include "core/route/retry.h"
#include "core/transport.h"

namespace gatehouse::config {

// Who is served: everybody, or holders of a key.
enum class Auth : std::uint8_t { open, keys };

struct ServerSettings {
  Address listen{"127.0.0.1", 8080};
  std::uint64_t max_body = 10u << 20;     // bytes
  std::uint64_t max_bodies = 256u << 20;  // bytes of all bodies that are being read, on both listeners
  std::uint32_t max_in_flight = 2048;
  std::uint32_t max_connections_per_address = 0;  // 0: half of those that there is room for
  std::chrono::milliseconds drain_timeout{60'000};
  std::chrono::milliseconds shutdown_delay{0};  // between being told to stop and the drain
  std::chrono::milliseconds heartbeat{15'000};  // of streams while the provider thinks; 0: none
  std::vector<std::string> hosts;               // names that both listeners are called by, beside their own
  std::vector<std::string> cors_origins;        // of web pages that may use the callers' listener
  std::uint32_t max_unknown_clients = 20'000;   // a day, that no key vouches for; the others count as one
  core::AddressRanges trusted_proxies;          // that are believed whom they speak for
  bool attempts_header = true;                  // callers are told which targets were tried

  bool operator==(const ServerSettings&) const = default;
};

struct AdminSettings {
  Address listen{"127.0.0.1", 8081};
  Secret token;         // to change and to look; empty: none is asked, only on a loopback address
  Secret viewer_token;  // to look; empty: there is none

  bool operator==(const AdminSettings&) const = default;
};

// A plugin put to use under a name of its own.
struct ComponentSettings {
  std::string name;    // unique among its kind; a provider's is its key
  std::string plugin;  // a name to look for in plugin_path, or a file when by_file
  bool by_file = false;
  std::string sha256;         // what the file must have, lower-case hex; empty: anything
  std::string config = "{}";  // a JSON object; may hold secrets, so it is not for printing
  Source source;
};

struct ProviderSettings {
  ComponentSettings component;
  std::string base_url;  // without a slash at the end; empty where the plugin needs none
  Secret api_key;
  std::string ca_file;  // empty: the system's
  core::Timeouts timeouts;
  core::BreakerRules breaker;
};

constexpr std::uint32_t kMostOutput = 10'000'000;  // tokens of one answer

// The file from which models take the prices that the configuration does not give.
struct PriceFileSettings {
  std::string file;
  std::int64_t modified = 0;  // Unix time in seconds
  std::size_t models = 0;     // that it has
};

struct TargetSettings {
  std::string provider;
  std::string model;                      // the provider's name of it
  std::uint32_t weight = 1;               // 0: only as a fallback
  std::optional<core::Price> price = {};  // its own, or that of the price file; else the model's
  std::string filed_as = {};              // the price file's name of it, if the price is from there
  core::Refusals fallback_on = {};        // by other targets, that it may be asked after
};

// The file of an encoding, by which tokens are counted exactly.
struct VocabularySettings {
  std::string encoding;
  std::string file;
  Source source;

  bool operator==(const VocabularySettings& other) const { return encoding == other.encoding && file == other.file; }
};

struct ModelSettings {
  std::string alias;
  std::vector<TargetSettings> targets;  // never empty; one at least has a weight
  std::optional<core::Price> price;  // of the targets without one of their own; nothing: it is not known
  std::uint32_t max_output = 0;      // tokens of an answer where the caller names no bound; 0: the gateway's own.
                                     // Where it is not given, the least that the price file has of the targets
  core::RetryRules retry;
  std::string encoding;  // of its texts, even if no file for it is given; empty: not known
  Source source;
};

struct PolicySettings {
  ComponentSettings component;
  core::OnError on_error = core::OnError::deny;
  std::optional<ComponentSettings> shadow;  // another build that runs beside it and decides nothing
};

// What a full queue does: forget its oldest record, make the exchange wait, or turn requests away.
enum class OnFull : std::uint8_t { drop_oldest, block, refuse };

struct QueueSettings {
  std::uint32_t max_records = 10'000;
  std::uint64_t max_bytes = 64u << 20;
  OnFull on_full = OnFull::drop_oldest;

  bool operator==(const QueueSettings&) const = default;
};

// How a new version of a plugin is watched after a swap, and when it is taken back.
struct ProbationSettings {
  std::chrono::milliseconds window{60'000};  // 0: not at all
  std::uint32_t min_exchanges = 10;          // before a conclusion is drawn
  double max_errors = 0.1;                   // share of exchanges, beyond the predecessor's share
  std::uint32_t max_slowdown = 5;            // of the mean time of a call, as a multiple of the predecessor's
};

// The server through which several gateways share their limits.
struct SharedLimitsSettings {
  Address redis;
  Secret password;  // empty: none is asked for
  std::string prefix = "gatehouse";
  std::chrono::milliseconds timeout{50};
  core::WhenAway when_away = core::WhenAway::degrade;
  std::int64_t gateways = 2;

  bool operator==(const SharedLimitsSettings&) const = default;
};

// Who is told when a limit is nearly reached; see LimitRule::warn. The log always is.
struct WarningSettings {
  Secret webhook;  // an http or https URL, which may have a token in it; empty: nobody
  std::vector<std::pair<std::string, Secret>> headers;
};

struct LogSinkSettings {
  ComponentSettings component;
  QueueSettings queue;
};

struct Settings {
  std::vector<std::filesystem::path> value_files;  // that values were read from
  ServerSettings server;
  AdminSettings admin;
  Auth auth = Auth::open;
  std::chrono::milliseconds keep_usage{std::chrono::days(400)};  // in data_dir; balances go when they are over
  std::string data_dir = "var";                         // relative to the working directory, like every path here
  std::vector<std::string> plugin_path;                 // folders, searched in order
  bool allow_writable = false;                          // run plugins and read files that others may write
  std::chrono::milliseconds preflight_timeout{10'000};  // for one plugin's trial run
  ProbationSettings probation;
  std::vector<ProviderSettings> providers;  // in the file's order, like every list here
  std::optional<PriceFileSettings> prices;
  std::vector<VocabularySettings> token_counts;
  std::vector<ModelSettings> models;
  std::vector<PolicySettings> policies;
  std::vector<core::LimitRule> limits;
  std::optional<SharedLimitsSettings> shared_limits;
  WarningSettings warnings;
  std::vector<LogSinkSettings> log_sinks;

  // REQUIRES: there is one of this name.
  const ProviderSettings& provider(const std::string& name) const {
    return *std::find_if(providers.begin(), providers.end(),
                         [&](const ProviderSettings& one) { return one.component.name == name; });
  }
};

}  // namespace gatehouse::config
