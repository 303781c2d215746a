// models: aliases, and the provider's models behind them.
#include <algorithm>

#include "config/encoding_names.h"
#include "config/sections.h"
#include "config/yaml/suggestion.h"

namespace gatehouse::config {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostWeight = 1'000'000;
constexpr std::int64_t kMostAttempts = 10;  // at each target
constexpr milliseconds kLongestWait{600'000};

std::vector<std::string> names_of(const std::vector<ProviderSettings>& providers) {
  std::vector<std::string> names;
  names.reserve(providers.size());
  for (const ProviderSettings& provider : providers) names.push_back(provider.component.name);
  return names;
}

void read_provider_name(const Node& node, const std::vector<std::string>& known, std::string& provider) {
  assign(provider, node.text());
  if (provider.empty() || std::find(known.begin(), known.end(), provider) != known.end()) return;
  const std::string& as_written = node.yaml().Scalar();
  node.fail("names a provider that is not configured: " + node.shown() + suggestion(as_written, "providers", known));
}

void read_refusals(const Node& node, core::Refusals& refusals) {
  std::vector<std::string_view> names;
  for (const core::RefusalInfo& row : core::kRefusals) names.push_back(row.name);
  for (const Node& item : node.items()) {
    if (const auto index = item.choice(names)) refusals.add(core::kRefusals[*index].refusal);
  }
}

void read_target(const Node& node, const std::vector<std::string>& known, std::vector<TargetSettings>& targets) {
  const auto section = node.section({"provider", "model", "weight", "price", "fallback_on"});
  if (!section) return;
  TargetSettings target;
  if (const Node* n = section->required("provider")) read_provider_name(*n, known, target.provider);
  if (const Node* n = section->required("model")) assign(target.model, n->text());
  if (const Node* n = section->find("weight")) assign(target.weight, n->integer(0, kMostWeight));
  if (const Node* n = section->find("price")) read_price(*n, target.price);
  if (const Node* n = section->find("fallback_on")) read_refusals(*n, target.fallback_on);
  targets.push_back(std::move(target));
}

void read_targets(const Node& node, const std::vector<std::string>& known, std::vector<TargetSettings>& targets) {
  const std::vector<Node> items = node.items();
  for (const Node& item : items) read_target(item, known, targets);
  if (!node.is_null() && !node.yaml().IsSequence()) return;  // items() has reported it
  if (items.empty()) {
    node.fail("must not be empty: a model needs a target such as { provider: local, model: echo }");
    return;
  }
  const bool weighted = std::any_of(targets.begin(), targets.end(), [](const auto& t) { return t.weight > 0; });
  if (!weighted && targets.size() == items.size()) node.fail("must have one weight above 0 at least");
}

void read_retry(const Node& node, core::RetryRules& retry) {
  const auto section = node.section({"attempts", "backoff", "max_wait"});
  if (!section) return;
  if (const Node* n = section->find("attempts")) assign(retry.attempts, n->integer(1, kMostAttempts));
  if (const Node* n = section->find("backoff")) assign(retry.backoff, n->duration(milliseconds(0), kLongestWait));
  if (const Node* n = section->find("max_wait")) assign(retry.max_wait, n->duration(milliseconds(0), kLongestWait));
}

// What the price file may call a target's model: resellers' models are there with their name before it.
std::vector<std::string> names_in_file(const TargetSettings& target, const std::vector<ProviderSettings>& providers) {
  std::vector<std::string> names{target.provider + "/" + target.model};
  const auto provider = std::find_if(providers.begin(), providers.end(), [&](const ProviderSettings& one) {
    return one.component.name == target.provider;
  });
  if (provider != providers.end() && !provider->component.by_file && provider->component.plugin != target.provider)
    names.push_back(provider->component.plugin + "/" + target.model);
  names.push_back(target.model);
  return names;
}

// Takes from the price file what the configuration does not say.
void look_up(const Node& node, const PriceFile& prices, const std::vector<ProviderSettings>& providers,
             ModelSettings& model) {
  std::uint32_t max_output = 0;
  for (TargetSettings& target : model.targets) {
    const PriceFile::Found found = prices.find(names_in_file(target, providers));
    if (found.model == nullptr) continue;
    const std::uint32_t most = found.model->max_output;
    if (most != 0 && (max_output == 0 || most < max_output)) max_output = most;
    if (target.price || model.price) continue;
    if (!found.model->wrong.empty())
      node.fail("has its price in " + prices.about().file + ", where " + *found.name + " is wrong: " + found.model->wrong);
    target.price = found.model->price;
    if (target.price) target.filed_as = *found.name;
  }
  if (model.max_output == 0) model.max_output = max_output;
}

std::string not_in_file(const PriceFile& prices, const std::vector<std::string>& names) {
  std::string text = "; " + prices.about().file + " has no price for tokens of ";
  for (const std::string& name : names) text += (&name == names.data() ? "\"" : ", \"") + name + "\"";
  return text;
}

// A budget in dollars counts nothing of a target whose price is not known.
void check_price(const Node& node, const ModelSettings& model, const PriceFile* prices, const Settings& settings) {
  if (model.price) return;
  const auto unknown = std::find_if(model.targets.begin(), model.targets.end(),
                                    [](const TargetSettings& target) { return !target.price; });
  if (unknown == model.targets.end()) return;
  if (std::none_of(settings.limits.begin(), settings.limits.end(), core::counts_money)) return;
  node.fail(
      "has no price, and `limits` count dollars: give it one such as `price: { input: 1, output: 2 }` (dollars per "
      "million tokens), or say `price: free`" +
      (prices != nullptr ? not_in_file(*prices, names_in_file(*unknown, settings.providers)) : ""));
}

}  // namespace

// REQUIRES: the limits have been read.
void read_models(const Node& node, const PriceFile* prices, Settings& settings) {
  const std::vector<std::string> known = names_of(settings.providers);
  for (const auto& [alias, value] : node.members()) {
    const auto section = value.section({"targets", "price", "max_output", "retry", "encoding"});
    if (!section) continue;
    ModelSettings model;
    model.alias = alias;
    model.source = value.source();
    if (const Node* n = section->required("targets")) read_targets(*n, known, model.targets);
    if (const Node* n = section->find("price")) read_price(*n, model.price);
    if (const Node* n = section->find("max_output")) assign(model.max_output, n->integer(1, kMostOutput));
    if (const Node* n = section->find("retry")) read_retry(*n, model.retry);
    model.encoding = encoding_of(model.targets);
    if (const Node* n = section->find("encoding")) read_encoding(*n, settings.token_counts, model.encoding);
    if (prices != nullptr) look_up(value, *prices, settings.providers, model);
    check_price(value, model, prices, settings);
    settings.models.push_back(std::move(model));
  }
  if (node.is_null() || (node.yaml().IsMap() && node.yaml().size() == 0)) {
    node.fail("must not be empty: callers ask for a model by one of these names");
  }
}

}  // namespace gatehouse::config
