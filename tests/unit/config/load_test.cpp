#include "config/load.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace gatehouse::config {
namespace {

using std::chrono::milliseconds;

const Environment kSome = [](const std::string& name) -> std::optional<std::string> {
  if (name == "OPENAI_API_KEY") return "sk-very-secret";
  return std::nullopt;
};

// The example of the documentation, to the letter.
constexpr const char* kExample = R"(
server:  { listen: 127.0.0.1:8080, max_body: 10MiB, max_in_flight: 2048, drain_timeout: 60s }
admin:   { listen: 127.0.0.1:8081 }                # token: ${GATEHOUSE_ADMIN_TOKEN}
data_dir: var                                      # keys, ledger, staged modules
plugins: { path: [build/plugins] }                 # NAME -> NAME.so / NAME.dll; a plugin may also be given by file
providers:
  openai: { plugin: openai, base_url: https://api.openai.com/v1, api_key: "${OPENAI_API_KEY}", config: {} }
  local:  { plugin: echo }
models:
  default-chat:
    targets: [ { provider: openai, model: gpt-4o-mini, weight: 3 }, { provider: local, model: echo, fallback_on: [context_length, content_filter] } ]   # weighted; the others are the fallbacks
    price: { input: 0.15, output: 0.60 }           # USD per million tokens
policies:                                          # in order going in, reverse order coming out
  - { plugin: require_client }
  - { plugin: model_access, config: { disabled: [legacy-chat] } }
  - { plugin: prompt_size, config: { max_tokens: 8000 }, on_error: deny }
limits:
  - { per: client, requests_per_minute: 60, tokens_per_minute: 10000, concurrent: 8 }   # per: client | key | model | global
log_sinks:
  - { plugin: stdout }
  - { plugin: jsonl,  config: { path: var/requests.jsonl } }
  - { plugin: sqlite, config: { path: var/requests.db } }
)";

Settings example() {
  auto settings = parse(kExample, "gatehouse.yaml", kSome);
  EXPECT_TRUE(settings.ok()) << settings.status().message();
  return settings.ok() ? *std::move(settings) : Settings();
}

TEST(Load, ServerAndPlaces) {
  const Settings settings = example();
  EXPECT_EQ(settings.server.listen.text(), "127.0.0.1:8080");
  EXPECT_EQ(settings.server.max_body, 10u << 20);
  EXPECT_EQ(settings.server.max_bodies, 256u << 20);
  EXPECT_EQ(settings.server.max_in_flight, 2048u);
  EXPECT_EQ(settings.server.max_unknown_clients, 20'000u);
  EXPECT_EQ(settings.server.drain_timeout, milliseconds(60'000));
  EXPECT_EQ(settings.admin.listen.text(), "127.0.0.1:8081");
  EXPECT_TRUE(settings.admin.token.empty());
  EXPECT_EQ(settings.data_dir, "var");
  EXPECT_EQ(settings.keep_usage, milliseconds(std::chrono::hours(400 * 24)));
  EXPECT_EQ(settings.plugin_path, std::vector<std::string>{"build/plugins"});
}

TEST(Load, ProvidersAndModels) {
  const Settings settings = example();
  ASSERT_EQ(settings.providers.size(), 2u);
  const ProviderSettings& openai = settings.providers[0];
  EXPECT_EQ(openai.component.name, "openai");
  EXPECT_EQ(openai.component.plugin, "openai");
  EXPECT_FALSE(openai.component.by_file);
  EXPECT_EQ(openai.component.config, "{}");
  EXPECT_EQ(openai.component.source.text(), "gatehouse.yaml:7:11");
  EXPECT_EQ(openai.base_url, "https://api.openai.com/v1");
  EXPECT_EQ(openai.api_key.reveal(), "sk-very-secret");
  EXPECT_EQ(openai.timeouts.connect, core::Timeouts().connect);

  ASSERT_EQ(settings.models.size(), 1u);
  const ModelSettings& model = settings.models[0];
  EXPECT_EQ(model.alias, "default-chat");
  ASSERT_EQ(model.targets.size(), 2u);
  EXPECT_EQ(model.targets[0].fallback_on, core::Refusals());
  EXPECT_TRUE(model.targets[1].fallback_on.has(core::Refusal::context_length));
  EXPECT_TRUE(model.targets[1].fallback_on.has(core::Refusal::content_filter));
  EXPECT_EQ(model.targets[0].provider, "openai");
  EXPECT_EQ(model.targets[0].model, "gpt-4o-mini");
  EXPECT_EQ(model.targets[0].weight, 3u);
  EXPECT_EQ(model.targets[1].weight, 1u);
  ASSERT_TRUE(model.price);
  EXPECT_EQ(model.price->input, 150'000);
  EXPECT_EQ(model.price->output, 600'000);
}

TEST(Load, PricesOfModelsAndTargets) {
  const auto loaded = parse(R"(
plugins: { path: [p] }
providers: { local: { plugin: echo } }
models:
  a: { targets: [ { provider: local, model: m, price: { input: 1, output: 2 } }, { provider: local, model: n } ],
       price: free, max_output: 8192 }
  b: { targets: [ { provider: local, model: m, price: free } ] }
limits: [ { per: global, dollars_per_month: 1 } ]
)",
                            "f", kSome);
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  const ModelSettings& model = loaded->models[0];
  EXPECT_EQ(model.max_output, 8192u);
  ASSERT_TRUE(model.targets[0].price);
  EXPECT_EQ(model.targets[0].price->output, 2'000'000);
  EXPECT_FALSE(model.targets[1].price);
  EXPECT_EQ(model.price, core::Price());
  EXPECT_EQ(loaded->models[1].targets[0].price, core::Price());
}

core::Price price_of(const std::string& price) {
  const auto loaded = parse("plugins: { path: [p] }\nproviders: { local: { plugin: echo } }\n"
                            "models: { a: { targets: [ { provider: local, model: m, price: " + price + " } ] } }\n",
                            "f", kSome);
  EXPECT_TRUE(loaded.ok()) << loaded.status().message();
  return loaded.ok() ? loaded->models[0].targets[0].price.value_or(core::Price()) : core::Price();
}

TEST(Load, EachRateOfAPriceAndWhatStandsInForIt) {
  const core::Price whole = price_of(
      "{ input: 1, output: 2, cached: 3, cache_write: 4, cache_write_1h: 5, reasoning: 6, audio_input: 7, "
      "audio_output: 8, image_input: 9, per_request: 0.005 }");
  EXPECT_EQ(static_cast<const core::Rates&>(whole),
            (core::Rates{1'000'000, 2'000'000, 3'000'000, 4'000'000, 6'000'000, 5'000'000, 7'000'000, 8'000'000,
                         9'000'000}));
  EXPECT_EQ(whole.per_request, 5'000'000);
  const core::Price short_one = price_of("{ input: 1, output: 2 }");
  EXPECT_EQ(static_cast<const core::Rates&>(short_one),
            (core::Rates{1'000'000, 2'000'000, 1'000'000, 1'000'000, 2'000'000, 1'000'000, 1'000'000, 2'000'000,
                         1'000'000}));
  EXPECT_EQ(short_one.per_request, 0);
  EXPECT_EQ(price_of("{ input: 1, output: 2, cache_write: 4 }").cache_write_1h, 4'000'000);
}

TEST(Load, ATierOfAPriceInheritsWhatItDoesNotName) {
  const core::Price price = price_of(
      "{ input: 1, output: 2, cached: 0.5, tiers: [ { above: 200000, input: 2, cache_write: 3 }, "
      "{ above: 400000, output: 8 } ] }");
  ASSERT_EQ(price.tiers.size(), 2u);
  const core::PriceTier &lower = price.tiers[0], &upper = price.tiers[1];
  EXPECT_EQ(lower.above, 200'000u);
  EXPECT_EQ(lower.rates.input, 2'000'000);
  EXPECT_EQ(lower.rates.output, 2'000'000);
  EXPECT_EQ(lower.rates.cached, 500'000);
  EXPECT_EQ(lower.rates.cache_write_1h, 3'000'000);
  EXPECT_EQ(lower.rates.audio_input, 2'000'000) << "nobody named one: it is the tier's input";
  EXPECT_EQ(upper.rates.input, 2'000'000);
  EXPECT_EQ(upper.rates.output, 8'000'000);
  EXPECT_EQ(upper.rates.reasoning, 8'000'000);
  EXPECT_EQ(upper.rates.cache_write, 3'000'000);
}

TEST(Load, PoliciesLimitsAndSinks) {
  const Settings settings = example();
  ASSERT_EQ(settings.policies.size(), 3u);
  EXPECT_EQ(settings.policies[1].component.name, "model_access");
  EXPECT_EQ(settings.policies[1].component.config, R"({"disabled":["legacy-chat"]})");
  EXPECT_EQ(settings.policies[2].component.config, R"({"max_tokens":8000})");
  EXPECT_EQ(settings.policies[2].on_error, core::OnError::deny);
  ASSERT_EQ(settings.limits.size(), 1u);
  EXPECT_EQ(settings.limits[0],
            (core::LimitRule{
                .per = core::Scope::client, .requests_per_minute = 60, .tokens_per_minute = 10'000, .concurrent = 8}));
  ASSERT_EQ(settings.log_sinks.size(), 3u);
  EXPECT_EQ(settings.log_sinks[2].component.name, "sqlite");
  EXPECT_EQ(settings.log_sinks[2].component.config, R"({"path":"var/requests.db"})");
  EXPECT_EQ(settings.log_sinks[0].queue.on_full, OnFull::drop_oldest);
}

TEST(Load, WhoIsWarnedAndWhere) {
  const auto loaded = parse(R"(
providers: { local: { plugin: ./mine.so } }
models: { a: { targets: [ { provider: local, model: m } ] } }
limits: [ { per: client, tokens_per_day: 10, concurrent: 2, warn: 0.8 }, { per: key, tokens_per_day: 10 } ]
warnings: { webhook: "https://alerts.example/hook?token=t", headers: { authorization: Bearer b, x-team: a } }
)",
                            "f", {});
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  EXPECT_EQ(loaded->limits[0].warn, 800);
  EXPECT_EQ(loaded->limits[1].warn, 0);
  EXPECT_EQ(loaded->warnings.webhook.reveal(), "https://alerts.example/hook?token=t");
  ASSERT_EQ(loaded->warnings.headers.size(), 2u);
  EXPECT_EQ(loaded->warnings.headers[0].first, "authorization");
  EXPECT_EQ(loaded->warnings.headers[0].second.reveal(), "Bearer b");
}

TEST(Load, WhereLimitsAreSharedAndWhatIsNotSaidOfIt) {
  const auto loaded = parse(R"(
providers: { local: { plugin: ./mine.so } }
models: { a: { targets: [ { provider: local, model: m } ] } }
shared_limits: { redis: 10.0.0.5:6379, gateways: 3 }
)",
                            "f", {});
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  ASSERT_TRUE(loaded->shared_limits);
  EXPECT_EQ(loaded->shared_limits->redis.text(), "10.0.0.5:6379");
  EXPECT_EQ(loaded->shared_limits->gateways, 3);
  EXPECT_EQ(loaded->shared_limits->timeout, milliseconds(50));
  EXPECT_EQ(loaded->shared_limits->when_away, core::WhenAway::degrade);
  EXPECT_FALSE(example().shared_limits);
}

TEST(Load, EverythingElseThatCanBeSaid) {
  const auto loaded = parse(R"(
server: { listen: "[::1]:0", max_body: 512KiB }
admin: { listen: 0.0.0.0:9000, token: "${OPENAI_API_KEY}" }
providers:
  slow:
    plugin: ./mine.so
    base_url: http://127.0.0.1:9/v1///
    ca_file: ca.pem
    timeouts: { connect: 500ms, first_byte: 2m, between_chunks: 5s, total: 1h }
models:
  a: { targets: [ { provider: slow, model: m, weight: 0 }, { provider: slow, model: n } ] }
policies:
  - { plugin: other/deny.so }
  - { plugin: other/deny.so, name: second, on_error: allow, config: { a: 1 }, shadow: new/deny.so }
limits:
  - { per: global, concurrent: 3 }
  - { per: model, requests_per_minute: 7 }
  - { per: model, tokens_per_minute: 8 }
log_sinks:
  - { plugin: x.so, name: audit, queue: { max_records: 5, max_bytes: 1MiB, on_full: refuse } }
)",
                            "f", kSome);
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  const Settings& settings = *loaded;
  EXPECT_EQ(settings.server.listen, (Address{"::1", 0}));
  EXPECT_TRUE(settings.admin.token.matches("sk-very-secret"));
  const ProviderSettings& slow = settings.providers[0];
  EXPECT_TRUE(slow.component.by_file);
  EXPECT_EQ(slow.component.name, "slow");
  EXPECT_EQ(slow.base_url, "http://127.0.0.1:9/v1");
  EXPECT_EQ(slow.ca_file, "ca.pem");
  EXPECT_EQ(slow.timeouts.connect, milliseconds(500));
  EXPECT_EQ(slow.timeouts.first_byte, milliseconds(120'000));
  EXPECT_EQ(slow.timeouts.between_chunks, milliseconds(5'000));
  EXPECT_EQ(slow.timeouts.total, milliseconds(3'600'000));
  EXPECT_EQ(settings.policies[0].component.name, "deny");
  EXPECT_EQ(settings.policies[1].on_error, core::OnError::allow);
  EXPECT_FALSE(settings.policies[0].shadow);
  ASSERT_TRUE(settings.policies[1].shadow);
  EXPECT_EQ(settings.policies[1].shadow->plugin, "new/deny.so");
  EXPECT_EQ(settings.policies[1].shadow->name, "second");
  EXPECT_EQ(settings.policies[1].shadow->config, settings.policies[1].component.config);
  EXPECT_EQ(settings.limits.size(), 3u);
  const QueueSettings& queue = settings.log_sinks[0].queue;
  EXPECT_EQ(queue.max_records, 5u);
  EXPECT_EQ(queue.max_bytes, 1u << 20);
  EXPECT_EQ(queue.on_full, OnFull::refuse);
}

TEST(Load, TheEncodingOfAModelIsThatOfItsTargets) {
  const auto encoding = [](const std::string& targets, const std::string& more = "") {
    const auto settings = parse(
        "plugins: { path: [p] }\nproviders: { local: { plugin: echo } }\n"
        "token_counts: { o200k_base: f, cl100k_base: g }\n"
        "models: { a: { targets: [" +
            targets + "]" + more + " } }\n",
        "f", kSome);
    EXPECT_TRUE(settings.ok()) << settings.status().message();
    return settings.ok() ? settings->models[0].encoding : "";
  };
  const auto target = [](const std::string& model) { return "{ provider: local, model: \"" + model + "\" }"; };
  for (const char* model : {"gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4.1-nano", "gpt-5", "o1", "o3-mini", "o4-mini",
                            "chatgpt-4o-latest", "openai/gpt-4o", "ft:gpt-4o-mini:us::1"})
    EXPECT_EQ(encoding(target(model)), "o200k_base") << model;
  for (const char* model : {"gpt-4", "gpt-4-turbo", "gpt-3.5-turbo", "gpt-35-turbo", "text-embedding-3-small"})
    EXPECT_EQ(encoding(target(model)), "cl100k_base") << model;
  for (const char* model : {"echo", "claude-5", "gemini-3-pro", "llama3", "text"})
    EXPECT_EQ(encoding(target(model)), "") << model;
  EXPECT_EQ(encoding(target("gpt-4o") + ", " + target("echo")), "o200k_base");
  EXPECT_EQ(encoding(target("gpt-4o") + ", " + target("gpt-4")), "") << "they differ";
  EXPECT_EQ(encoding(target("my-own"), ", encoding: cl100k_base"), "cl100k_base");
  EXPECT_EQ(encoding(target("gpt-4o"), ", encoding: none"), "");
}

TEST(Load, ReadsAFile) {
  const std::string file = testing::TempDir() + "/load_test.yaml";
  std::ofstream(file) << kExample;
  const auto loaded = load(file, kSome);
  EXPECT_TRUE(loaded.ok()) << loaded.status().message();
  std::filesystem::remove(file);
  EXPECT_EQ(load(file, kSome).status().message(), file + ": cannot be read: No such file or directory");
  EXPECT_EQ(load(testing::TempDir(), kSome).status().message(), testing::TempDir() + ": is a folder, not a file");
}

TEST(Secret, MatchesOnlyItself) {
  const Secret secret("abc");
  EXPECT_TRUE(secret.matches("abc"));
  for (const char* wrong : {"", "ab", "abcd", "abcabc", "abd", "ABC"}) EXPECT_FALSE(secret.matches(wrong)) << wrong;
  EXPECT_FALSE(Secret().matches(""));
}

}  // namespace
}  // namespace gatehouse::config
