// A file of what models cost, in LiteLLM's form (model_prices_and_context_window.json): one JSON object, by the models'
// names. Read once, then immutable; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/status.h"

namespace gatehouse::config {

// What the file has of one model.
struct FiledModel {
  std::optional<core::Price> price;  // nothing: it names none for tokens
  std::uint32_t max_output = 0;      // tokens of an answer; 0: it does not say
  std::string wrong;                 // what of it cannot be read: "NAME must be ..., not ..."; empty: nothing
};

class PriceFile {
 public:
  static constexpr std::size_t kLargest = 16u << 20;  // bytes
  static constexpr std::size_t kMostModels = 100'000;

  // A failure (Code::config) names the file and what is wrong. One model that cannot be read is no failure: it is
  // whose price is not known.
  static core::Result<PriceFile> read(const std::filesystem::path& file);

  // By the first of the names that the file has; nullptr: it has none of them.
  struct Found {
    const std::string* name = nullptr;
    const FiledModel* model = nullptr;
  };
  Found find(const std::vector<std::string>& names) const;

  const PriceFileSettings& about() const { return about_; }

 private:
  PriceFileSettings about_;
  std::map<std::string, FiledModel, std::less<>> models_;
};

// "the prices of 2512 models, from FILE of 2027-01-31T00:00:00Z"
std::string described(const PriceFileSettings& prices);

}  // namespace gatehouse::config
