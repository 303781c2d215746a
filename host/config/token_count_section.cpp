// token_counts: the rank files by which tokens are counted, and the models that each is for.
#include <algorithm>

#include "config/encoding_names.h"
#include "config/sections.h"

namespace gatehouse::config {
namespace {

constexpr const char* kCl100k = "cl100k_base";
constexpr const char* kO200k = "o200k_base";

struct Family {
  std::string_view prefix;
  const char* encoding;
};

// The first prefix that fits decides.
constexpr Family kFamilies[] = {{"gpt-4o", kO200k},  {"gpt-4.", kO200k}, {"gpt-5", kO200k},   {"gpt-oss", kO200k},
                                {"chatgpt", kO200k}, {"o1", kO200k},     {"o3", kO200k},      {"o4", kO200k},
                                {"gpt-4", kCl100k},  {"gpt-3", kCl100k}, {"text-embedding-", kCl100k}};

// Understands resellers' names ("openai/gpt-4o") and those of tuned models ("ft:gpt-4o:...") too.
std::string_view encoding_of(std::string_view model) {
  model = model.substr(model.rfind('/') + 1);
  if (model.starts_with("ft:")) model.remove_prefix(3);
  for (const Family& family : kFamilies) {
    if (model.starts_with(family.prefix)) return family.encoding;
  }
  return {};
}

}  // namespace

void read_token_counts(const Node& node, std::vector<VocabularySettings>& vocabularies) {
  const auto section = node.section({kCl100k, kO200k});
  if (!section) return;
  for (const char* encoding : {kCl100k, kO200k}) {
    const Node* n = section->find(encoding);
    if (n == nullptr) continue;
    VocabularySettings vocabulary{encoding, {}, n->source()};
    assign(vocabulary.file, n->text());
    vocabularies.push_back(std::move(vocabulary));
  }
}

std::string encoding_of(const std::vector<TargetSettings>& targets) {
  std::string_view agreed;
  for (const TargetSettings& target : targets) {
    const std::string_view encoding = encoding_of(target.model);
    if (encoding.empty()) continue;
    if (!agreed.empty() && encoding != agreed) return {};
    agreed = encoding;
  }
  return std::string(agreed);
}

void read_encoding(const Node& node, const std::vector<VocabularySettings>& vocabularies, std::string& encoding) {
  constexpr const char* kChoices[] = {"", kCl100k, kO200k};
  const auto chosen = node.choice({"none", kCl100k, kO200k});
  if (!chosen) return;
  encoding = kChoices[*chosen];
  const bool has_file = std::any_of(vocabularies.begin(), vocabularies.end(),
                                    [&](const VocabularySettings& known) { return known.encoding == encoding; });
  if (!encoding.empty() && !has_file)
    node.fail("has no file: give it in `token_counts: { " + encoding + ": FILE }`");
}

}  // namespace gatehouse::config
