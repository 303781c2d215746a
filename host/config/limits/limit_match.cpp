#include "config/limits/limit_match.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/yaml/suggestion.h"

namespace gatehouse::config {

using core::Scope;

namespace {

constexpr std::size_t kMostTagName = 64, kMostPattern = 256;  // bytes

bool is_tag_name(std::string_view name) {
  constexpr auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMostTagName && std::all_of(name.begin(), name.end(), fits);
}

// "client, key, team, model, tag:NAME, global, provider"
std::string choices(bool with_global) {
  std::string text;
  for (const Scope scope : core::kConfiguredScopes) {
    if (scope == Scope::global && !with_global) continue;
    text.append(text.empty() ? "" : ", ").append(core::name_of(scope, "NAME"));
  }
  return text;
}

// Nothing: there is none that a file may name.
std::optional<std::pair<Scope, std::string>> scope_written(std::string_view name) {
  auto scope = core::scope_named(name);
  const bool fits = scope && core::info(scope->first).configured &&
                    (scope->first != Scope::tag || is_tag_name(scope->second));
  return fits ? scope : std::nullopt;
}

bool is_pattern(std::string_view text) {
  return text.size() <= kMostPattern && text.find('*') >= text.size() - 1 &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

void read_patterns(const Node& node, std::vector<std::string>& patterns) {
  const bool one = node.yaml().IsScalar();
  for (const Node& item : one ? std::vector<Node>{node} : node.items()) {
    auto text = item.text();
    if (!text) continue;
    if (is_pattern(*text))
      patterns.push_back(*std::move(text));
    else
      item.fail("must be a name of at most 256 bytes, or its beginning with a * behind it, not " + item.shown());
  }
  if (!one && node.yaml().IsSequence() && node.yaml().size() == 0)
    node.fail("must name somebody; leave it out for all");
}

void check_names(const Node& node, std::span<const std::string> names, std::string_view what) {
  for (const Node& item : node.yaml().IsScalar() ? std::vector<Node>{node} : node.items()) {
    const auto pattern = item.text();
    if (!pattern || !is_pattern(*pattern)) continue;
    const auto fits = [&](const std::string& name) { return core::within(name, *pattern); };
    if (std::none_of(names.begin(), names.end(), fits))
      item.fail("fits none of the " + std::string(what) + suggestion(*pattern, what, names));
  }
}

}  // namespace

void read_per(const Node& node, core::LimitRule& rule) {
  const auto written = node.text();
  if (!written) return;
  const auto scope = scope_written(*written);
  if (!scope) return node.fail("must be one of " + choices(true) + ", not " + node.shown());
  rule.per = scope->first;
  rule.tag = scope->second;
}

void read_match(const Node& node, core::LimitRule& rule) {
  for (const auto& [name, value] : node.members()) {
    const auto scope = scope_written(name);
    if (!scope || scope->first == Scope::global) {
      value.fail("cannot be asked for: a match may have " + choices(false));
      continue;
    }
    if (scope->first == Scope::provider && rule.per != Scope::provider) {
      value.fail("has a meaning with `per: provider` alone: before a limit is asked nobody knows who will answer");
      continue;
    }
    core::Condition condition{scope->first, scope->second, {}};
    read_patterns(value, condition.patterns);
    if (!condition.patterns.empty()) rule.match.push_back(std::move(condition));
  }
  core::put_in_order(rule.match);
  if (node.yaml().IsMap() && node.yaml().size() == 0) node.fail("must say for whom the line is; leave it out for all");
}

void check_limit_names(const Node& limits, std::span<const std::string> models,
                       std::span<const std::string> providers) {
  for (const Node& item : limits.yaml().IsSequence() ? limits.items() : std::vector<Node>()) {
    const bool of_providers = item.yaml().IsMap() && item.yaml()["per"].as<std::string>("") == "provider";
    for (const auto& [key, match] : item.yaml().IsMap() ? item.members() : decltype(item.members())()) {
      if (key != "match" || !match.yaml().IsMap()) continue;
      for (const auto& [name, value] : match.members()) {
        if (name == "model") check_names(value, models, "models");
        if (name == "provider" && of_providers) check_names(value, providers, "providers");
      }
    }
  }
}

}  // namespace gatehouse::config
