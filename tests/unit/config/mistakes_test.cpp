// Every mistake a file can hold, and the sentence its author is given.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/load.h"

namespace gatehouse::config {
namespace {

const Environment kSome = [](const std::string& name) -> std::optional<std::string> {
  if (name == "SECRET") return "sk-very-secret";
  return std::nullopt;
};

std::string mistakes(const std::string& yaml) {
  const auto loaded = parse(yaml, "f", kSome);
  return loaded.ok() ? "" : std::string(loaded.status().message());
}

// What every file needs, in one line each, so that a case is about its own lines.
const std::string kRest =
    "plugins: { path: [p] }\n"
    "providers: { local: { plugin: echo } }\n"
    "models: { a: { targets: [ { provider: local, model: m } ] } }\n";

struct Case {
  const char* yaml;      // goes before kRest
  const char* expected;  // the whole message
};

class Mistake : public testing::TestWithParam<Case> {};

TEST_P(Mistake, IsNamedWithItsPlace) { EXPECT_EQ(mistakes(GetParam().yaml + kRest), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Server, Mistake,
    testing::Values(
        Case{"server: { cors: { origins: [\"*\"] } }\n",
             "f:1:29: server.cors.origins[0] must be an origin as browsers write it, such as https://app.example, not "
             "\"*\""},
        Case{"server: { cors: { origins: [https://app.example/] } }\n",
             "f:1:29: server.cors.origins[0] must be an origin as browsers write it, such as https://app.example, not "
             "\"https://app.example/\""},
        Case{"keep: { usage: 1h }\n", "f:1:16: keep.usage must be a duration such as 500ms, 60s, 2m or 1h, from 86400000ms to 3153600000000ms, "
             "not \"1h\""},
        Case{"server: { trusted_proxies: [10.0.0.1/8] }\n",
             "f:1:29: server.trusted_proxies[0] must be an address or a range such as 10.0.0.0/8 or fd00::/8, not "
             "\"10.0.0.1/8\""},
        Case{"server: { hosts: [\"a b\"] }\n",
             "f:1:19: server.hosts[0] must be a name such as gateway.example, with or without a port, not \"a b\""},
        Case{"sever: {}\n", "f:1:1: the file has an unknown key \"sever\"; did you mean \"server\"?"},
        Case{"nonsense: 1\n",
             "f:1:1: the file has an unknown key \"nonsense\"; known keys: server, admin, auth, data_dir, keep, plugins, "
             "providers, "
             "token_counts, prices, models, policies, limits, shared_limits, warnings, log_sinks"},
        Case{"server: { max_bdy: 1 }\n", "f:1:11: server has an unknown key \"max_bdy\"; did you mean \"max_body\"?"},
        Case{"server: [1]\n", "f:1:9: server must be a mapping, not a list"},
        Case{"server: yes\n", "f:1:9: server must be a mapping, not a single value"},
        Case{"server:\n  max_body: 1\n  max_body: 2\n", "f:3:3: server has the key \"max_body\" twice"},
        Case{"server: {}\nserver: {}\n", "f:2:1: the file has the key \"server\" twice"},
        Case{"server: { [1]: 2 }\n", "f:1:11: server has a key that is a list; keys are plain text"},
        Case{"server: { listen: 8080 }\n",
             "f:1:19: server.listen must be ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not \"8080\""},
        Case{
            "server: { listen: \"127.0.0.1:65536\" }\n",
            "f:1:19: server.listen must be ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, not \"127.0.0.1:65536\""},
        Case{"server: { max_body: 10 potatoes }\n",
             "f:1:21: server.max_body must be a size such as 10MiB, 512KiB, 1MB or plain bytes, from 1 to 1073741824 "
             "bytes, not \"10 potatoes\""},
        Case{"server: { max_body: 0 }\n",
             "f:1:21: server.max_body must be a size such as 10MiB, 512KiB, 1MB or plain bytes, from 1 to 1073741824 "
             "bytes, not \"0\""},
        Case{"server: { max_bodies: 11MiB }\n",
             "f:1:23: server.max_bodies must be at least a quarter more than max_body, or no body of that size is ever "
             "taken"},
        Case{"server: { max_in_flight: 1.5 }\n",
             "f:1:26: server.max_in_flight must be a whole number from 1 to 100000, not \"1.5\""},
        Case{"server: { max_in_flight: [2] }\n", "f:1:26: server.max_in_flight must be a whole number, not a list"},
        Case{"server: { max_in_flight: }\n", "f:1:26: server.max_in_flight must be a whole number, not nothing"},
        Case{
            "server: { drain_timeout: 60 }\n",
            "f:1:26: server.drain_timeout must be a duration such as 500ms, 60s, 2m or 1h, from 0ms to 86400000ms, not "
            "\"60\""},
        Case{"data_dir: \"\"\n", "f:1:11: data_dir must not be empty"},
        Case{"data_dir: \"a\\nb\"\n", "f:1:11: data_dir must not hold line breaks or control characters"}));

INSTANTIATE_TEST_SUITE_P(
    TokenCounts, Mistake,
    testing::Values(
        Case{"token_counts: { p50k_base: f }\n",
             "f:1:17: token_counts has an unknown key \"p50k_base\"; known keys: cl100k_base, o200k_base"},
        Case{"token_counts: { o200k_base: [f] }\n",
             "f:1:29: token_counts.o200k_base must be text, not a list"},
        Case{"token_counts: { o200k_base: \"\" }\n", "f:1:29: token_counts.o200k_base must not be empty"}));

TEST(Mistakes, Encodings) {
  const std::string before = "plugins: { path: [p] }\nproviders: { local: { plugin: echo } }\n";
  EXPECT_EQ(mistakes(before + "models: { a: { targets: [ { provider: local, model: m } ], encoding: o200k_base } }\n"),
            "f:3:70: models.a.encoding has no file: give it in `token_counts: { o200k_base: FILE }`");
  EXPECT_EQ(mistakes(before + "models: { a: { targets: [ { provider: local, model: m } ], encoding: utf8 } }\n"),
            "f:3:70: models.a.encoding must be one of none, cl100k_base, o200k_base, not \"utf8\"");
}

INSTANTIATE_TEST_SUITE_P(
    Admin, Mistake,
    testing::Values(
        Case{"admin: { listen: 0.0.0.0:8081 }\n",
             "f:1:18: admin.listen is reachable from other machines, which needs admin.token: set it, or listen on "
             "127.0.0.1"},
        Case{"admin: { listen: 0.0.0.0:8081, token: \"${SECRET:-}\", x: 1 }\n",
             "f:1:54: admin has an unknown key \"x\"; known keys: listen, token, tokens"},
        Case{"admin: { token: \"a\\tb\" }\n", "f:1:17: admin.token must be one line without control characters"},
        Case{"admin: { token: \"${A:-${SECRET}}\" }\n",
             "f:1:17: admin.token is wrong: a default cannot hold another variable: give A a plain default"},
        Case{"admin: { token: \"\" }\n", "f:1:17: admin.token must not be empty; leave it out where none is wanted"},
        Case{"admin: { tokens: { viewer: v } }\n", "f:1:18: admin.tokens needs \"admin\""},
        Case{"admin: { tokens: { admin: a, viewer: a } }\n",
             "f:1:38: admin.tokens.viewer must differ from the admin's"},
        Case{"admin: { token: a, tokens: { admin: b } }\n",
             "f:1:28: admin.tokens has the admin token too: leave out admin.token"},
        Case{
            "admin: { listen: 127.0.0.1:8080 }\n",
            "f:1:8: admin listens on 127.0.0.1:8080, which is also server.listen; callers and operators need addresses "
            "of their own"}));

INSTANTIATE_TEST_SUITE_P(
    Environment, Mistake,
    testing::Values(
        Case{"data_dir: \"${NONE}\"\n",
             "f:1:11: data_dir is wrong: the environment variable NONE is not set: set it, or give a default as in "
             "${NONE:-default}"},
        Case{"data_dir: a${NONE\n",
             "f:1:11: data_dir is wrong: \"${\" without its \"}\": write ${NAME} or ${NAME:-default}, and $$ for a "
             "plain $"},
        Case{"server: { max_in_flight: \"${SECRET}\" }\n",
             "f:1:26: server.max_in_flight must be a whole number from 1 to 100000, not \"${SECRET}\""}));

INSTANTIATE_TEST_SUITE_P(
    Limits, Mistake,
    testing::Values(
        Case{"limits: [ { requests_per_minute: 1 } ]\n", "f:1:11: limits[0] needs \"per\""},
        Case{"limits: [ { per: user, concurrent: 1 } ]\n",
             "f:1:18: limits[0].per must be one of client, key, team, model, tag:NAME, global, provider, not \"user\""},
        Case{"limits: [ { per: key } ]\n",
             "f:1:11: limits[0] limits nothing: give requests_per_minute, tokens_per_minute, concurrent, "
             "tokens_per_day, dollars_per_day, dollars_per_month, requests_per_day, tokens_per_hour, tokens_per_week, "
             "tokens_per_month, tokens_total, dollars_per_hour, dollars_per_week or dollars_total"},
        Case{"limits: [ { per: key, concurrent: 0 } ]\n",
             "f:1:35: limits[0].concurrent must be a whole number from 1 to 1000000, not \"0\""},
        Case{"limits: [ { per: key, tokens_per_minute: -5 } ]\n",
             "f:1:42: limits[0].tokens_per_minute must be a whole number from 1 to 1000000000000, not \"-5\""},
        Case{"limits:\n- { per: key, concurrent: 1 }\n- { per: key, concurrent: 2 }\n",
             "f:3:27: limits[1].concurrent is limited per key already; keep one of the two"},
        Case{"limits: [ { per: \"tag:a b\", concurrent: 1 } ]\n",
             "f:1:18: limits[0].per must be one of client, key, team, model, tag:NAME, global, provider, not "
             "\"tag:a b\""},
        Case{"limits:\n- { per: key, match: { team: a }, concurrent: 1 }\n"
             "- { per: key, match: { team: [b, a] }, concurrent: 2 }\n",
             "f:3:52: limits[1].concurrent is limited per key already for { team: a }, by limits[0]; keep one of the "
             "two"},
        Case{
            "limits:\n- { per: key, match: { team: a* }, concurrent: 1 }\n"
            "- { per: key, match: { client: b }, concurrent: 2 }\n",
            "f:3:49: limits[1].concurrent is limited by limits[0] too for some requests, and neither match lies within "
            "the other: add a line with `match: { client: b, team: a* }` that says what holds for both"},
        Case{"limits: [ { per: key, concurrent: 1 }, { per: key, match: { user: a }, concurrent: 1 } ]\n",
             "f:1:67: limits[1].match.user cannot be asked for: a match may have client, key, team, model, tag:NAME, "
             "provider"},
        Case{
            "limits: [ { per: key, match: { provider: a }, concurrent: 1 } ]\n",
            "f:1:42: limits[0].match.provider has a meaning with `per: provider` alone: before a limit is asked nobody "
            "knows who will answer"},
        Case{"limits: [ { per: provider, match: { provider: cloud*, model: [a, gpt-9] }, concurrent: 1 } ]\n",
             "f:1:47: limits[0].match.provider fits none of the providers; known providers: local\n"
             "f:1:66: limits[0].match.model[1] fits none of the models; known models: a"},
        Case{
            "limits: [ { per: key, match: { team: [ \"a*b\" ] }, concurrent: 1 } ]\n",
            "f:1:40: limits[0].match.team[0] must be a name of at most 256 bytes, or its beginning with a * behind it, "
            "not \"a*b\""},
        Case{"limits: [ { per: key, match: { team: [] }, concurrent: 1 } ]\n",
             "f:1:38: limits[0].match.team must name somebody; leave it out for all"},
        Case{"limits: [ { per: key, match: {}, concurrent: 1 } ]\n",
             "f:1:30: limits[0].match must say for whom the line is; leave it out for all"},
        Case{
            "limits: [ { per: key, tokens_per_day: 1, timezone: Mars/Olympus } ]\n",
            "f:1:52: limits[0].timezone 'Mars/Olympus' is no time zone that this machine knows, such as Europe/Berlin"},
        Case{"limits: [ { per: key, concurrent: 1, timezone: Europe/Berlin } ]\n",
             "f:1:48: limits[0].timezone has no meaning for limits by the minute or at once; leave it out"},
        Case{"limits: [ { per: key, tokens_per_day: 1, warn: 0 } ]\n",
             "f:1:48: limits[0].warn must be a share of the limit from 0.001 to 0.999, such as 0.8, not \"0\""},
        Case{"limits: [ { per: key, tokens_per_day: 1, warn: 1.5 } ]\n",
             "f:1:48: limits[0].warn must be a share of the limit from 0.001 to 0.999, such as 0.8, not \"1.5\""},
        Case{"limits: [ { per: key, tokens_per_day: 1, warn: x } ]\n",
             "f:1:48: limits[0].warn must be a share of the limit from 0.001 to 0.999, such as 0.8, not \"x\""},
        Case{"limits: [ { per: key, tokens_per_day: 1, warn: [0.5] } ]\n",
             "f:1:48: limits[0].warn must be a share, not a list"},
        Case{"limits: [ { per: key, concurrent: 1, warn: 0.8 } ]\n",
             "f:1:44: limits[0].warn has no meaning for limits at once; leave it out"},
        Case{"warnings: { webhook: ftp://x/y }\n",
             "f:1:22: warnings.webhook must be http://HOST[:PORT][/PATH] or https://… without user and fragment"},
        Case{"warnings: { webhook: \"http://u:p@x/y\" }\n",
             "f:1:22: warnings.webhook must be http://HOST[:PORT][/PATH] or https://… without user and fragment"},
        Case{"warnings: { headers: {} }\n", "f:1:11: warnings needs \"webhook\""},
        Case{"warnings: { webhook: http://x, secret: y }\n",
             "f:1:32: warnings has an unknown key \"secret\"; known keys: webhook, headers"},
        Case{"warnings: { webhook: http://x, headers: { Accept-Encoding: y } }\n",
             "f:1:60: warnings.headers.Accept-Encoding must be named as a header of HTTP that the gateway does not set "
             "itself, such as authorization"},
        Case{"warnings: { webhook: \"http://?x\" }\n",
             "f:1:22: warnings.webhook must be http://HOST[:PORT][/PATH] or https://… without user and fragment"},
        Case{"warnings: { webhook: http://x, headers: { Host: y } }\n",
             "f:1:49: warnings.headers.Host must be named as a header of HTTP that the gateway does not set itself, "
             "such "
             "as authorization"},
        Case{"limits: 5\n", "f:1:9: limits must be a list, not a single value"}));

TEST(Mistakes, CombinationsOfNamesAreBounded) {
  const auto names = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i == 0 ? "n" : ", n") + std::to_string(i);
    return "[" + list + "]";
  };
  const auto line = [&](int clients, int teams) {
    return "- { per: client, match: { client: " + names(clients) + ", team: " + names(teams) + " }, concurrent: 1 }\n";
  };
  EXPECT_EQ(mistakes("limits:\n" + line(62, 64) + kRest), "");
  EXPECT_EQ(mistakes("limits:\n" + line(64, 63) + kRest),
            "f:2:3: limits[0] and the lines before it match more than 4000 combinations of names; use patterns such as "
            "gpt-5*");
  const std::string others = "- { per: team, match: { client: " + names(33) + " }, concurrent: 1 }\n";
  EXPECT_NE(mistakes("limits:\n" + line(62, 64) + others + kRest).find("f:3:3: limits[1] and the lines before it"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, Mistake,
    testing::Values(
        Case{"policies: [ { on_error: deny } ]\n", "f:1:13: policies[0] needs \"plugin\""},
        Case{"policies: [ { plugin: a, on_error: maybe } ]\n",
             "f:1:36: policies[0].on_error must be one of deny, allow, not \"maybe\""},
        Case{"policies:\n- { plugin: a }\n- { plugin: a }\n",
             "f:3:3: policies[1] has the same name as the one at line 2; give one of them another \"name\""},
        Case{"policies:\n- { plugin: a }\n- { plugin: b, name: a }\n",
             "f:3:22: policies[1].name has the same name as the one at line 2; give one of them another \"name\""},
        Case{"policies: [ { plugin: a, config: [1] } ]\n",
             "f:1:34: policies[0].config must be a mapping of the plugin's own settings, not a list"},
        Case{"policies: [ { plugin: a, config: { x: .nan } } ]\n",
             "f:1:39: policies[0].config.x must be a number JSON can hold, not \".nan\""},
        Case{"log_sinks: [ { plugin: a, queue: { on_full: explode } } ]\n",
             "f:1:45: log_sinks[0].queue.on_full must be one of drop_oldest, block, refuse, not \"explode\""},
        Case{"log_sinks: [ { plugin: a, on_error: deny } ]\n",
             "f:1:27: log_sinks[0] has an unknown key \"on_error\"; known keys: plugin, name, sha256, config, queue"}));

TEST(Mistakes, ProvidersAndModels) {
  EXPECT_EQ(mistakes("plugins: { path: [p] }\n"
                     "providers: { local: { plugin: echo } }\n"
                     "models:\n"
                     "  a: { targets: [ { provider: lcal, model: m } ] }\n"
                     "  b: { targets: [ { provider: elsewhere, model: m } ] }\n"
                     "  c: { targets: [] }\n"
                     "  d: { targets: [ { provider: local, model: m, weight: 0 } ] }\n"
                     "  e: { targets: [ { provider: local } ], price: { input: -1 } }\n"
                     "  f: {}\n"),
            "f:4:31: models.a.targets[0].provider names a provider that is not configured: \"lcal\"; did you mean "
            "\"local\"?\n"
            "f:5:31: models.b.targets[0].provider names a provider that is not configured: \"elsewhere\"; known "
            "providers: local\n"
            "f:6:17: models.c.targets must not be empty: a model needs a target such as { provider: local, model: echo "
            "}\n"
            "f:7:17: models.d.targets must have one weight above 0 at least\n"
            "f:8:19: models.e.targets[0] needs \"model\"\n"
            "f:8:49: models.e.price needs \"output\"\n"
            "f:8:58: models.e.price.input must be a number from 0 to 1000000, not \"-1\"\n"
            "f:9:6: models.f needs \"targets\"");
}

TEST(Mistakes, APriceNeedsBothRates) {
  const auto mistakes_in = [](const std::string& price) {
    return mistakes(
        "plugins: { path: [p] }\n"
        "providers: { local: { plugin: echo } }\n"
        "models: { a: { targets: [ { provider: local, model: m, price: " +
        price + " } ] } }\n");
  };
  EXPECT_EQ(mistakes_in("{ output: 1 }"), "f:3:63: models.a.targets[0].price needs \"input\"");
  EXPECT_EQ(mistakes_in("{ input: 1 }"), "f:3:63: models.a.targets[0].price needs \"output\"");
}

TEST(Mistakes, Fallbacks) {
  EXPECT_EQ(mistakes("plugins: { path: [p] }\n"
                     "providers: { local: { plugin: echo } }\n"
                     "models:\n"
                     "  a: { targets: [ { provider: local, model: m, fallback_on: [context_length, content_filter] } ] }\n"
                     "  b: { targets: [ { provider: local, model: m, fallback_on: [context_window] } ] }\n"
                     "  c: { targets: [ { provider: local, model: m, fallback_on: content_filter } ] }\n"
                     "  d: { targets: [ { provider: local, model: m, fallback_on: [content_filter, [x]] } ] }\n"
                     "  e: { targets: [ { provider: local, model: m, fallbackon: [content_filter] } ] }\n"),
            "f:5:62: models.b.targets[0].fallback_on[0] must be one of context_length, content_filter, not "
            "\"context_window\"\n"
            "f:6:61: models.c.targets[0].fallback_on must be a list, not a single value\n"
            "f:7:78: models.d.targets[0].fallback_on[1] must be text, not a list\n"
            "f:8:48: models.e.targets[0] has an unknown key \"fallbackon\"; did you mean \"fallback_on\"?");
}

TEST(Mistakes, Prices) {
  EXPECT_EQ(mistakes("plugins: { path: [p] }\n"
                     "providers: { local: { plugin: echo } }\n"
                     "models:\n"
                     "  a: { targets: [ { provider: local, model: m } ] }\n"
                     "  b: { targets: [ { provider: local, model: m, price: free }, { provider: local, model: n } ] }\n"
                     "  c: { targets: [ { provider: local, model: m } ], price: cheap, max_output: 0 }\n"
                     "  d: { targets: [ { provider: local, model: m, price: { input: 1, output: 2, per_image: 3 } } ] }\n"
                     "limits: [ { per: client, dollars_per_day: 1 } ]\n"),
            "f:4:6: models.a has no price, and `limits` count dollars: give it one such as `price: { input: 1, output: 2 "
            "}` (dollars per million tokens), or say `price: free`\n"
            "f:5:6: models.b has no price, and `limits` count dollars: give it one such as `price: { input: 1, output: 2 "
            "}` (dollars per million tokens), or say `price: free`\n"
            "f:6:59: models.c.price must be dollars per million tokens such as { input: 1, output: 2 }, or `free`, not "
            "\"cheap\"\n"
            "f:6:78: models.c.max_output must be a whole number from 1 to 10000000, not \"0\"\n"
            "f:7:78: models.d.targets[0].price has an unknown key \"per_image\"; known keys: per_request, tiers, "
            "input, output, cached, cache_write, cache_write_1h, reasoning, audio_input, audio_output, image_input");
}

TEST(Mistakes, TiersOfPrices) {
  const auto mistakes_in = [](const std::string& tiers) {
    return mistakes("plugins: { path: [p] }\n"
                    "providers: { local: { plugin: echo } }\n"
                    "models: { a: { targets: [ { provider: local, model: m } ],\n"
                    "  price: { input: 1, output: 2, tiers: " + tiers + " } } }\n");
  };
  EXPECT_EQ(mistakes_in("[ { above: 200000, input: 2 }, { above: 200000, input: 3 }, { above: 100, input: 3 } ]"),
            "f:4:80: models.a.price.tiers[1].above must be more than 200000, where the tier before it begins, not "
            "\"200000\": tiers ascend\n"
            "f:4:109: models.a.price.tiers[2].above must be more than 200000, where the tier before it begins, not "
            "\"100\": tiers ascend");
  EXPECT_EQ(mistakes_in("[ { input: 2 }, { above: 0 }, { above: 7, output: -1, per_request: 1 } ]"),
            "f:4:42: models.a.price.tiers[0] needs \"above\"\n"
            "f:4:65: models.a.price.tiers[1].above must be a whole number from 1 to 1000000000, not \"0\"\n"
            "f:4:90: models.a.price.tiers[2].output must be a number from 0 to 1000000, not \"-1\"\n"
            "f:4:94: models.a.price.tiers[2] has an unknown key \"per_request\"; known keys: above, input, output, "
            "cached, cache_write, cache_write_1h, reasoning, audio_input, audio_output, image_input");
  EXPECT_EQ(mistakes_in("{ above: 1 }"), "f:4:40: models.a.price.tiers must be a list, not a mapping");
}

TEST(Mistakes, ProviderUrls) {
  for (const char* url : {"api.openai.com", "ftp://host", "http://", "https:///v1", "https://key@host/v1",
                          "'https://host/v1?key=1'", "https://host/#a", "'https://ho st'"}) {
    const std::string message =
        mistakes("plugins: { path: [p] }\nproviders: { x: { plugin: p, base_url: " + std::string(url) +
                 " } }\nmodels: { a: { targets: [ { provider: x, model: m } ] } }\n");
    EXPECT_EQ(message.rfind("f:2:40: providers.x.base_url must be http://HOST[:PORT][/PATH]", 0), 0u) << url << message;
  }
}

TEST(Mistakes, WhatIsMissing) {
  EXPECT_EQ(mistakes("server: {}\n"), "f:1:1: the file needs \"providers\"\nf:1:1: the file needs \"models\"");
  EXPECT_NE(mistakes("").find("needs \"providers\""), std::string::npos);
  EXPECT_NE(mistakes("- a\n").find("f:1:1: the file must be a mapping, not a list"), std::string::npos);
  EXPECT_EQ(mistakes("providers: { x: { plugin: p } }\nmodels: {}\n"),
            "f:1:1: the file must say where plugins are, as in `plugins: { path: [build/plugins] }`: some are given by "
            "name\n"
            "f:2:9: models must not be empty: callers ask for a model by one of these names");
}

TEST(Mistakes, Syntax) {
  EXPECT_EQ(mistakes("server: { listen\n").rfind("f:2:1: this is not YAML: ", 0), 0u) << mistakes("server: { listen\n");
  EXPECT_EQ(mistakes("a: b: c\n").rfind("f:1:5: this is not YAML: ", 0), 0u) << mistakes("a: b: c\n");
  EXPECT_NE(mistakes("a: { b: ${SECRET} }\n").find("; inside { } and [ ] a value with ${…} has to stand in quotes"),
            std::string::npos);
  EXPECT_EQ(mistakes("a: *nobody\n").rfind("f:1:4: this is not YAML: ", 0), 0u) << mistakes("a: *nobody\n");
}

TEST(Mistakes, BombsAreBounded) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int n = 1; n < 10; ++n) laughs += ", " + before;
    laughs += "]\n";
  }
  EXPECT_NE(mistakes(laughs).find("holds more than 200000 values"), std::string::npos);
  EXPECT_NE(mistakes("a: &a [*a]\n").find("nested deeper than 32 levels"), std::string::npos);
  EXPECT_NE(mistakes("a: " + std::string(100'000, '[')).find("f:1:"), std::string::npos);
  EXPECT_NE(mistakes("# " + std::string(4u << 20, 'x')).find("larger than 4 MiB"), std::string::npos);
}

TEST(Mistakes, ManyAreCut) {
  std::string yaml;
  for (int i = 0; i < 60; ++i) yaml += "unknown" + std::to_string(i) + ": 1\n";
  const std::string message = mistakes(yaml + kRest);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 50);
  EXPECT_NE(message.find("\nand 10 more"), std::string::npos);
}

// The variable is used wrongly everywhere it can be.
TEST(Mistakes, NeverTellWhatAVariableHolds) {
  const std::string message = mistakes(
      "server: { listen: \"${SECRET}\", max_body: \"${SECRET}\", max_in_flight: \"${SECRET}\", drain_timeout: "
      "\"${SECRET}\" }\n"
      "admin: { listen: \"${SECRET}\", token: [ \"${SECRET}\" ] }\n"
      "providers:\n"
      "  x: { plugin: \"${SECRET}\", base_url: \"${SECRET}\", api_key: { a: \"${SECRET}\" }, timeouts: { total: "
      "\"${SECRET}\" } }\n"
      "models:\n"
      "  a: { targets: [ { provider: \"${SECRET}\", model: m, weight: \"${SECRET}\" } ], price: { input: "
      "\"${SECRET}\", output: 0 } }\n"
      "policies: [ { plugin: \"${SECRET}\", on_error: \"${SECRET}\" }, { plugin: \"${SECRET}\", config: \"${SECRET}\" "
      "} ]\n"
      "limits: [ { per: \"${SECRET}\", concurrent: \"${SECRET}\" } ]\n");
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 17) << message;
  EXPECT_EQ(message.find("very-secret"), std::string::npos) << message;
}

}  // namespace
}  // namespace gatehouse::config
