#include "gemini_reply.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "gemini_request.h"
#include "chat/counts.h"
#include "chat/provider_error.h"

namespace gemini {

using gatehouse::at;
using gatehouse::text_at;
using simdjson::dom::array;
using simdjson::dom::element;

namespace {

// What the gateway calls a finish reason. Gemini says STOP for tool calls too; an unknown reason is a
// natural end.
std::string_view finish_reason(std::string_view reason, bool called_tools) {
  constexpr std::string_view kBlocked[] = {"SAFETY",
                                           "RECITATION",
                                           "BLOCKLIST",
                                           "PROHIBITED_CONTENT",
                                           "SPII",
                                           "LANGUAGE",
                                           "IMAGE_SAFETY",
                                           "IMAGE_PROHIBITED_CONTENT",
                                           "IMAGE_RECITATION"};
  if (reason == "MAX_TOKENS") return "length";
  if (std::find(std::begin(kBlocked), std::end(kBlocked), reason) != std::end(kBlocked)) return "content_filter";
  return called_tools ? "tool_calls" : "stop";
}

// Of [{"modality":"AUDIO","tokenCount":7},…] those of one kind.
std::uint64_t count_of_kind(element usage, std::string_view list, std::string_view modality) {
  const auto entries = at<array>(usage, list);
  if (!entries) return 0;
  std::uint64_t sum = 0;
  for (const element entry : *entries) {
    const std::uint64_t tokens = counts::believable(gatehouse::count_at(entry, "/tokenCount"));
    if (text_at(entry, "/modality") == modality) sum = std::min(sum + tokens, counts::kMostInTotal);
  }
  return sum;
}

gatehouse::Usage usage_of(element usage) {
  const auto count = [&](std::string_view name) { return gatehouse::count_at(usage, name).value_or(0); };
  gatehouse::Usage result;
  result.input = count("/promptTokenCount");
  if (result.input != 0) result.input += count("/toolUsePromptTokenCount");
  result.cached = count("/cachedContentTokenCount");
  for (const char* list : {"/promptTokensDetails", "/toolUsePromptTokensDetails"}) {
    result.audio_input += count_of_kind(usage, list, "AUDIO");
    result.image_input += count_of_kind(usage, list, "IMAGE");
  }
  result.audio_output = count_of_kind(usage, "/candidatesTokensDetails", "AUDIO");
  result.reasoning = count("/thoughtsTokenCount");
  // Left out where there are only thoughts; where it is there and is no count, thoughts alone would be too little.
  const auto candidates = at<element>(usage, "/candidatesTokenCount");
  const auto words = candidates ? gatehouse::count_of(*candidates) : std::optional<std::uint64_t>(0);
  result.output = words ? *words + result.reasoning : 0;
  counts::raise_to_total(result, gatehouse::count_at(usage, "/totalTokenCount"));
  return result;
}

}  // namespace

void Reply::read(element answer, gatehouse::Events& out) {
  if (const auto failure = provider::failure_in(answer)) throw *failure;
  const auto candidates = at<array>(answer, "/candidates");
  const auto blocked = text_at(answer, "/promptFeedback/blockReason");
  const auto usage = at<element>(answer, "/usageMetadata");
  if (!candidates && !blocked && !usage) {
    throw gatehouse::Error(GH_EUPSTREAM, "the provider's answer has no candidates; check its base_url");
  }
  begun_ = true;
  if (usage) counts::report(usage_of(*usage), out);
  if (candidates) {
    for (const element candidate : *candidates) read_candidate(candidate, out);
  }
  if (blocked) out.finish("content_filter", 0, *blocked);  // there are no candidates then
}

void Reply::read_all(element answers, gatehouse::Events& out) {
  array list;
  if (answers.get(list) != simdjson::SUCCESS) return read(answers, out);
  for (const element answer : list) read(answer, out);
}

void Reply::read_candidate(element candidate, gatehouse::Events& out) {
  const auto choice = static_cast<std::uint32_t>(gatehouse::number_at(candidate, "/index").value_or(0));
  Candidate& state = candidates_[choice];
  if (const auto parts = at<array>(candidate, "/content/parts")) {
    for (const element part : *parts) read_part(part, choice, state, out);
  }
  const auto reason = text_at(candidate, "/finishReason");
  if (!reason) return;
  if (*reason == "MALFORMED_FUNCTION_CALL" || *reason == "UNEXPECTED_TOOL_CALL") {
    throw gatehouse::Error(GH_ERETRY, "the provider's model wrote a tool call that is none: " +
                                          std::string(text_at(candidate, "/finishMessage").value_or(*reason)));
  }
  out.finish(finish_reason(*reason, state.tools != 0), choice, *reason);
}

void Reply::read_part(element part, std::uint32_t choice, Candidate& candidate, gatehouse::Events& out) {
  const std::string_view text = text_at(part, "/text").value_or("");
  if (at<bool>(part, "/thought").value_or(false)) {
    if (!candidate.thinking) ++candidate.thoughts;
    candidate.thinking = true;
    out.reasoning(candidate.thoughts - 1, text, {}, kReasoningFormat, choice);
    return;
  }
  candidate.thinking = false;
  if (const auto call = at<element>(part, "/functionCall")) return read_call(part, *call, choice, candidate, out);
  if (!text.empty()) out.text(text, choice);
  const auto signature = text_at(part, "/thoughtSignature");
  if (signature) out.sealed(candidate.thoughts++, *signature, {}, kReasoningFormat, choice);
}

void Reply::read_call(element part, element call, std::uint32_t choice, Candidate& candidate, gatehouse::Events& out) {
  const std::uint32_t number = candidate.tools++;
  std::string id(text_at(call, "/id").value_or(""));
  if (id.empty()) {
    id = std::string(kMadeUpId) + exchange_ + "-" + std::to_string(choice) + "-" + std::to_string(number);
  }
  const auto args = at<element>(call, "/args");
  out.tool_call(number, id, text_at(call, "/name").value_or(""), args ? simdjson::minify(*args) : "{}", choice);
  const auto signature = text_at(part, "/thoughtSignature");
  if (signature) out.sealed(candidate.thoughts++, *signature, id, kReasoningFormat, choice);
}

}  // namespace gemini
