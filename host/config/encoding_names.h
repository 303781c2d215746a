// Which of OpenAI's encodings the texts of a model are in. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/node.h"
#include "config/settings.h"

namespace gatehouse::config {

// The encoding that all targets with a recognised model name share. Empty if no name is recognised, or if they
// disagree.
std::string encoding_of(const std::vector<TargetSettings>& targets);

// Reads an `encoding:` key: one that `token_counts` has a file for, or "none".
void read_encoding(const Node& node, const std::vector<VocabularySettings>& vocabularies, std::string& encoding);

}  // namespace gatehouse::config
