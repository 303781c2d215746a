#include "config/price_file.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "config/yaml/regular_file.h"
#include "core/text/caller_text.h"
#include "core/text/utc.h"

namespace gatehouse::config {
namespace {

using core::Result;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr const char* kSpecification = "sample_spec";  // describes the members, and is no model
constexpr double kPerMillion = 1e12;                   // micro-dollars per million tokens, of a dollar per token
constexpr double kMostPerToken = 1;                    // dollars
constexpr double kMostPerRequest = 1e6;                // dollars
constexpr std::size_t kShown = 40;                     // bytes of a value

// What the file calls the rates, in the order of core::kRates. Each is in dollars per token.
constexpr std::string_view kCosts[] = {
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
    "cache_creation_input_token_cost_above_1hr",
    "output_cost_per_reasoning_token",
    "input_cost_per_audio_token",
    "output_cost_per_audio_token",
    "input_cost_per_image_token",
};
static_assert(std::size(kCosts) == core::kRateCount);

struct BadCost {
  std::string what;
};

// "input_cost_per_token_above_200k_tokens" is the input's of a tier.
struct Member {
  std::string_view name;
  std::uint64_t above = 0;  // tokens of input; 0: it is of no tier
};

Member member_of(std::string_view key) {
  constexpr std::string_view kBefore = "_above_", kAfter = "k_tokens";
  const std::size_t split = key.rfind(kBefore);
  if (!key.ends_with(kAfter) || split == key.npos) return {key};
  const std::string_view digits = key.substr(split + kBefore.size(), key.size() - kAfter.size() - split - kBefore.size());
  std::uint32_t thousands = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), thousands);
  if (error != std::errc() || end != digits.data() + digits.size() || thousands == 0) return {key};
  return {key.substr(0, split), std::uint64_t{thousands} * 1000};
}

// Nothing, where it is null.
std::optional<double> number_of(std::string_view name, element value, double most, const char* wanted) {
  double number = 0;
  if (value.is_null()) return std::nullopt;
  if (value.get(number) == simdjson::SUCCESS && number >= 0 && number <= most) return number;
  const std::string written = simdjson::minify(value);
  throw BadCost{std::string(name) + " must be " + wanted + ", not " + std::string(core::cut(written, kShown))};
}

// To the nearest micro-dollar per million; what is not free stays so.
std::int64_t rate_of(double dollars) {
  return dollars == 0 ? 0 : std::max<std::int64_t>(std::llround(dollars * kPerMillion), 1);
}

// The members of one model, as far as they say what it costs.
class Reader {
 public:
  FiledModel read(object members) {
    for (const auto [key, value] : members) take(key, value);
    model_.price = price();
    return std::move(model_);
  }

 private:
  void take(std::string_view key, element value) {
    const Member member = member_of(key);
    for (std::size_t i = 0; i < core::kRateCount; ++i) {
      if (member.name != kCosts[i]) continue;
      const auto dollars = number_of(key, value, kMostPerToken, "a number of dollars per token from 0 to 1");
      if (dollars) given_[member.above][i] = rate_of(*dollars);
    }
    if (key == "input_cost_per_request") {
      const auto dollars = number_of(key, value, kMostPerRequest, "a number of dollars from 0 to 1000000");
      per_request_ = std::llround(dollars.value_or(0) * core::kNanodollarsPerDollar);
    }
    if (key == "max_output_tokens") {
      const auto tokens = number_of(key, value, kMostOutput, "a number of tokens from 0 to 10000000");
      model_.max_output = static_cast<std::uint32_t>(tokens.value_or(0));
    }
    if (key == "mode" && value.get(mode_) != simdjson::SUCCESS) mode_ = {};
  }

  // Of models that make no tokens, such as those of vectors, only the input costs.
  std::optional<core::Price> price() {
    core::GivenRates given = given_[0];
    std::optional<std::int64_t>&input = given[0], &output = given[1];
    if ((mode_ == "embedding" || mode_ == "rerank") && !output) output = 0;
    if (!input || !output) return std::nullopt;
    core::Price price{core::resolved(given), per_request_};
    for (const auto& [above, of_tier] : given_) {
      if (above == 0) continue;
      for (std::size_t i = 0; i < core::kRateCount; ++i) {
        if (of_tier[i]) given[i] = of_tier[i];
      }
      price.tiers.push_back({above, core::resolved(given)});
    }
    return price;
  }

  FiledModel model_;
  std::map<std::uint64_t, core::GivenRates> given_;  // by where their tier begins
  std::int64_t per_request_ = 0;
  std::string_view mode_;
};

FiledModel model_of(element value) {
  FiledModel wrong;
  object members;
  if (value.get(members) != simdjson::SUCCESS) {
    wrong.wrong = "must be an object with the model's costs";
    return wrong;
  }
  try {
    return Reader().read(members);
  } catch (const BadCost& bad) {
    wrong.wrong = bad.what;
    return wrong;
  }
}

}  // namespace

Result<PriceFile> PriceFile::read(const std::filesystem::path& file) {
  GH_ASSIGN(const RegularFile whole,
            read_regular_file(file, kLargest, "is larger than 16 MiB, the most that a file of prices may have"));
  simdjson::dom::parser parser;
  element root;
  object models;
  if (const auto error = parser.parse(whole.text).get(root); error != simdjson::SUCCESS)
    return wrong_file(file, std::string("is not JSON: ") + simdjson::error_message(error));
  if (root.get(models) != simdjson::SUCCESS)
    return wrong_file(file, "must be one JSON object, by the models' names, as LiteLLM's is");
  PriceFile prices;
  for (const auto [name, value] : models) {
    if (name != kSpecification) prices.models_.insert_or_assign(std::string(name), model_of(value));
    if (prices.models_.size() > kMostModels)
      return wrong_file(file, "has more than " + std::to_string(kMostModels) + " models, the most it may have");
  }
  if (prices.models_.empty()) return wrong_file(file, "has no model in it");
  prices.about_ = {file.string(), whole.modified, prices.models_.size()};
  return prices;
}

PriceFile::Found PriceFile::find(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    if (const auto found = models_.find(name); found != models_.end()) return {&found->first, &found->second};
  }
  return {};
}

std::string described(const PriceFileSettings& prices) {
  return "the prices of " + std::to_string(prices.models) + (prices.models == 1 ? " model" : " models") + ", from " +
         prices.file + " of " + core::utc_text(prices.modified);
}

}  // namespace gatehouse::config
