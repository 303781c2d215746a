#include "config/price_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "config/load.h"
#include "core/text/identifier.h"

namespace gatehouse::config {
namespace {

namespace fs = std::filesystem;

// As LiteLLM writes it.
constexpr const char* kFile = R"({
  "sample_spec": { "max_output_tokens": "max output tokens, if the provider specifies it", "input_cost_per_token": 0.0 },
  "gpt-4o-mini": { "max_tokens": 16384, "max_input_tokens": 128000, "max_output_tokens": 16384, "mode": "chat",
    "input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07, "cache_read_input_token_cost": 7.5e-08,
    "input_cost_per_token_batches": 7.5e-08, "supports_vision": true, "supported_endpoints": [ "/v1/chat/completions" ] },
  "claude-sonnet-4": { "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "max_output_tokens": 64000,
    "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06,
    "cache_creation_input_token_cost_above_1hr": 6e-06,
    "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
    "cache_read_input_token_cost_above_200k_tokens": 6e-07, "cache_creation_input_token_cost_above_200k_tokens": 7.5e-06,
    "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05 },
  "gemini/flash": { "input_cost_per_token": 3e-07, "output_cost_per_token": 2.5e-06, "input_cost_per_audio_token": 1e-06,
    "output_cost_per_audio_token": 8e-06, "output_cost_per_reasoning_token": 3.5e-06, "input_cost_per_image_token": 4e-07,
    "input_cost_per_request": 0.005, "cache_read_input_token_cost": null },
  "vectors": { "mode": "embedding", "input_cost_per_token": 2e-08 },
  "whisper": { "mode": "audio_transcription", "input_cost_per_second": 0.0001 },
  "bad": { "input_cost_per_token": "cheap", "output_cost_per_token": 1 },
  "negative": { "input_cost_per_token": -1e-07, "output_cost_per_token": 1 },
  "none": 7
})";

class PriceFileTest : public testing::Test {
 protected:
  PriceFileTest() : folder_(fs::temp_directory_path() / ("price_file_test." + core::random_hex(8))) {
    fs::create_directories(folder_);
  }
  ~PriceFileTest() override { fs::remove_all(folder_); }

  fs::path write(const std::string& text, const char* name = "prices.json") {
    std::ofstream(folder_ / name) << text;
    fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
    return folder_ / name;
  }
  std::string refusal(const std::string& text) {
    return std::string(PriceFile::read(write(text)).status().message());
  }
  FiledModel model(const std::string& name) {
    const auto prices = PriceFile::read(write(kFile));
    EXPECT_TRUE(prices.ok()) << prices.status().message();
    const PriceFile::Found found = prices->find({name});
    EXPECT_NE(found.model, nullptr) << name;
    return found.model != nullptr ? *found.model : FiledModel();
  }
  // A configuration beside the file; models is the section.
  core::Result<Settings> with(const std::string& models, const std::string& limits = "") {
    write(kFile);
    return load(write("plugins: { path: [p] }\n"
                      "providers: { local: { plugin: echo }, gemini: { plugin: gemini }, g2: { plugin: gemini } }\n"
                      "prices: prices.json\n"
                      "models: { a: { " + models + " } }\n" + limits, "gatehouse.yaml").string());
  }
  std::string mistakes(const std::string& models) {
    std::string text(with(models, "limits: [ { per: client, dollars_per_day: 1 } ]\n").status().message());
    for (std::size_t at; (at = text.find(folder_.string() + "/")) != text.npos;) text.erase(at, folder_.string().size() + 1);
    return text;
  }

  const fs::path folder_;
};

TEST_F(PriceFileTest, HasCostsPerTokenAsMicroDollarsPerMillion) {
  const FiledModel mini = model("gpt-4o-mini");
  ASSERT_TRUE(mini.price) << mini.wrong;
  EXPECT_EQ(*mini.price, (core::Price{core::Rates{150'000, 600'000, 75'000, 150'000, 600'000, 150'000, 150'000, 600'000,
                                                  150'000}}));
  EXPECT_EQ(mini.max_output, 16384u);
  const FiledModel flash = model("gemini/flash");
  ASSERT_TRUE(flash.price) << flash.wrong;
  EXPECT_EQ(*flash.price, (core::Price{core::Rates{300'000, 2'500'000, 300'000, 300'000, 3'500'000, 300'000, 1'000'000,
                                                   8'000'000, 400'000},
                                       5'000'000}));
  EXPECT_EQ(flash.max_output, 0u);
}

TEST_F(PriceFileTest, HasTiersByTheInput) {
  const FiledModel sonnet = model("claude-sonnet-4");
  ASSERT_TRUE(sonnet.price) << sonnet.wrong;
  EXPECT_EQ(sonnet.price->cache_write, 3'750'000);
  EXPECT_EQ(sonnet.price->cache_write_1h, 6'000'000);
  ASSERT_EQ(sonnet.price->tiers.size(), 1u);
  EXPECT_EQ(sonnet.price->tiers[0].above, 200'000u);
  EXPECT_EQ(sonnet.price->tiers[0].rates, (core::Rates{6'000'000, 22'500'000, 600'000, 7'500'000, 22'500'000, 12'000'000,
                                                       6'000'000, 22'500'000, 6'000'000}));
}

TEST_F(PriceFileTest, ModelsThatAreNotChargedByTheTokenHaveNoPrice) {
  EXPECT_EQ(model("vectors").price->output, 0) << "they make none";
  EXPECT_EQ(model("vectors").price->input, 20'000);
  EXPECT_FALSE(model("whisper").price);
  EXPECT_EQ(model("whisper").wrong, "");
}

TEST_F(PriceFileTest, SaysWhatIsWrongWithAModel) {
  EXPECT_EQ(model("bad").wrong,
            "input_cost_per_token must be a number of dollars per token from 0 to 1, not \"cheap\"");
  EXPECT_EQ(model("negative").wrong,
            "input_cost_per_token must be a number of dollars per token from 0 to 1, not -1e-07");
  EXPECT_EQ(model("none").wrong, "must be an object with the model's costs");
}

TEST_F(PriceFileTest, TellsItselfAndIsBounded) {
  const auto prices = PriceFile::read(write(kFile));
  ASSERT_TRUE(prices.ok());
  EXPECT_EQ(prices->about().models, 8u) << "sample_spec is none";
  EXPECT_EQ(prices->about().file, (folder_ / "prices.json").string());
  EXPECT_EQ(described({"f", 1'801'353'600, 1}), "the prices of 1 model, from f of 2027-01-31T00:00:00Z");
  EXPECT_EQ(prices->find({"nothing", "none", "bad"}).model->wrong, "must be an object with the model's costs");
  EXPECT_EQ(prices->find({"sample_spec"}).model, nullptr);
  const std::string file = "the file " + (folder_ / "prices.json").string();
  EXPECT_EQ(refusal("[]"), file + " must be one JSON object, by the models' names, as LiteLLM's is");
  EXPECT_EQ(refusal("{}"), file + " has no model in it");
  EXPECT_EQ(refusal("{").rfind(file + " is not JSON: ", 0), 0u);
  EXPECT_EQ(refusal(std::string(PriceFile::kLargest + 1, ' ')),
            file + " is larger than 16 MiB, the most that a file of prices may have");
  std::string many = "{\"m\":1";
  for (std::size_t i = 0; i < PriceFile::kMostModels; ++i) many += ",\"" + std::to_string(i) + "\":1";
  EXPECT_EQ(refusal(many + "}"), file + " has more than 100000 models, the most it may have");
}

TEST_F(PriceFileTest, ATargetWithoutAPriceHasThatOfItsModelInTheFile) {
  const auto settings = with(
      "targets: [ { provider: local, model: gpt-4o-mini }, { provider: gemini, model: flash }, "
      "{ provider: g2, model: flash }, { provider: local, model: claude-sonnet-4, price: free } ]",
      "limits: [ { per: client, dollars_per_day: 1 } ]\n");
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  const ModelSettings& a = settings->models[0];
  EXPECT_EQ(a.targets[0].price->input, 150'000);
  EXPECT_EQ(a.targets[0].filed_as, "gpt-4o-mini");
  EXPECT_EQ(a.targets[1].filed_as, "gemini/flash");
  EXPECT_EQ(a.targets[2].filed_as, "gemini/flash") << "by its plugin's name";
  EXPECT_EQ(a.targets[3].price, core::Price());
  EXPECT_EQ(a.targets[3].filed_as, "");
  EXPECT_EQ(a.max_output, 16384u) << "the least that the targets' models have";
  ASSERT_TRUE(settings->prices);
  EXPECT_EQ(settings->prices->models, 8u);
}

TEST_F(PriceFileTest, WhatTheConfigurationSaysGoesFirst) {
  const auto settings =
      with("targets: [ { provider: local, model: gpt-4o-mini } ], price: { input: 1, output: 2 }, max_output: 9");
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_FALSE(settings->models[0].targets[0].price);
  EXPECT_EQ(settings->models[0].price->input, 1'000'000);
  EXPECT_EQ(settings->models[0].max_output, 9u);
}

TEST_F(PriceFileTest, AModelThatNeitherHasIsAMistakeThatNamesTheFile) {
  EXPECT_EQ(mistakes("targets: [ { provider: g2, model: whisper } ]"),
            "gatehouse.yaml:4:14: models.a has no price, and `limits` count dollars: give it one such as `price: { "
            "input: 1, output: 2 }` (dollars per million tokens), or say `price: free`; prices.json has no price for "
            "tokens of \"g2/whisper\", \"gemini/whisper\", \"whisper\"");
  EXPECT_EQ(mistakes("targets: [ { provider: local, model: none } ]").substr(0, 122),
            "gatehouse.yaml:4:14: models.a has its price in prices.json, where none is wrong: must be an object with "
            "the model's costs\n");
  EXPECT_EQ(mistakes("targets: [ { provider: local, model: none, price: free } ]"), "");
}

TEST_F(PriceFileTest, AFileThatIsOfNoUseIsAMistakeAtItsPlace) {
  const auto loaded = load(write("plugins: { path: [p] }\nproviders: { local: { plugin: echo } }\n"
                                 "prices: nowhere.json\n"
                                 "models: { a: { targets: [ { provider: local, model: m } ] } }\n", "f.yaml").string());
  EXPECT_EQ(loaded.status().message(), (folder_ / "f.yaml").string() +
                                           ":3:9: prices names a file of prices that is of no use: the file " +
                                           (folder_ / "nowhere.json").string() +
                                           " cannot be read: No such file or directory");
}

TEST_F(PriceFileTest, AFileThatOthersMayWriteIsRefused) {
  write(kFile);
  fs::permissions(folder_ / "prices.json", fs::perms::all);
  const auto loaded = load(write("plugins: { path: [p] }\nproviders: { local: { plugin: echo } }\n"
                                 "prices: prices.json\n"
                                 "models: { a: { targets: [ { provider: local, model: m } ] } }\n", "f.yaml").string());
  EXPECT_NE(loaded.status().message().find("prices.json"), std::string::npos) << loaded.status().message();
}

}  // namespace
}  // namespace gatehouse::config
