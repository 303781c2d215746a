// Which of OpenAI's encodings the texts of a model are in. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "config/settings.h"

namespace gatehouse::config {

// As those of its targets agree whose names say so; empty: none does, or they differ.
std::string encoding_of(const std::vector<TargetSettings>& targets);

// As the file says: an encoding there is a file for, or "none".
void read_encoding(const Node& node, const std::vector<VocabularySettings>& vocabularies, std::string& encoding);

}  // namespace gatehouse::config
