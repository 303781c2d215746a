// A dialect and its files in golden/. In golden/DIALECT/:
//   NAME.request.json  -> NAME.chat      the chat request it is read as, after what else the body claims
//   refused.jsonl      -> refused.said   a request a line, and why it is refused
//   REPLY.answer, REPLY.sse              what the caller gets for golden/replies/REPLY.jsonl, whole and streamed
//   failures.said                        HTTP status and body for each line of golden/failures.jsonl
//   NAME.vectors.json  -> NAME.answer    embeddings: what the provider's answer to NAME.request.json becomes
// The folder is read when a test begins: a file that is put there is tested. For one thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "dialects/anthropic/anthropic_messages.h"
#include "dialects/embeddings.h"
#include "dialects/gateway_chat.h"
#include "dialects/openai_chat.h"
#include "dialects/responses/openai_responses.h"
#include "golden_file.h"

namespace gatehouse::testing {

using dialects::Dialect;

inline const Dialect& dialect_named(const std::string& name) {
  static const dialects::GatewayChat gateway_chat;
  static const dialects::OpenAiChat openai_chat;
  static const dialects::OpenAiResponses openai_responses;
  static const dialects::AnthropicMessages anthropic_messages;
  static const dialects::Embeddings embeddings;
  for (const Dialect* one : std::initializer_list<const Dialect*>{&gateway_chat, &openai_chat, &openai_responses,
                                                                  &anthropic_messages, &embeddings}) {
    if (one->name() == name) return *one;
  }
  throw std::invalid_argument("no dialect is named " + name);
}

inline const std::vector<std::string> kChats = {"gateway_chat", "openai_chat", "openai_responses",
                                                "anthropic_messages"};

// {dialect, what a file is called without its ending}
using Case = std::pair<std::string, std::string>;

inline std::vector<std::string> names(const std::string& folder, const std::string& ending) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(golden(folder))) {
    const std::string file = entry.path().filename();
    if (file.ends_with(ending)) found.push_back(file.substr(0, file.size() - ending.size()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

inline std::vector<Case> files_of_each_dialect(const std::string& ending) {
  std::vector<Case> cases;
  for (const auto& entry : std::filesystem::directory_iterator(golden(""))) {
    if (!entry.is_directory() || entry.path().filename() == "replies") continue;
    const std::string dialect = entry.path().filename();
    for (const std::string& name : names(dialect, ending)) cases.emplace_back(dialect, name);
  }
  return cases;
}

inline std::string named(const ::testing::TestParamInfo<Case>& info) {
  return info.param.first + "_" + info.param.second;
}

class DialectGolden : public ::testing::TestWithParam<Case> {
 protected:
  const Dialect& dialect() const { return dialect_named(GetParam().first); }
  std::string file(const std::string& ending) const { return GetParam().first + "/" + GetParam().second + ending; }
  core::Result<dialects::Question> question() const {
    std::string body = read_file(golden(file(".request.json")));
    body.pop_back();  // the line's end
    return dialect().read(core::PaddedBytes(body));
  }
};

}  // namespace gatehouse::testing
