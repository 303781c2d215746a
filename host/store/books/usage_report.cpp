#include "store/books/usage_report.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/text/json_writer.h"
#include "core/money/money.h"
#include "core/text/utc.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::int32_t kDays = 30;

Status wrong(const std::string& name, const std::string& what) {
  Status status(Code::invalid_request, name + " must be " + what);
  status.failure().param = name;
  return status;
}

Status read_day(const std::string& name, const std::string& text, std::int32_t& day) {
  if (text.empty()) return {};
  const std::optional<std::int32_t> read = core::day_of(text);
  if (!read) return wrong(name, "a date such as 2027-01-31, not '" + text + "'");
  day = *read;
  return {};
}

Status read_columns(std::string_view by, UsageQuestion& question) {
  if (by.empty()) by = "day,client,key,model";
  while (!by.empty()) {
    const std::string_view one = by.substr(0, by.find(','));
    by.remove_prefix(std::min(one.size() + 1, by.size()));
    if (one == "day")
      question.by_day = true;
    else if (one == "client")
      question.by_client = true;
    else if (one == "key")
      question.by_key = true;
    else if (one == "model")
      question.by_model = true;
    else
      return wrong("by", "of day, client, key and model, not '" + std::string(one) + "'");
  }
  return {};
}

Status read_cursor(const std::string& text, UsageQuestion& question) {
  if (text.empty()) return {};
  question.after = usage_place(text);
  return question.after ? Status() : wrong("after", "the `next` of the page before");
}

Status read_limit(const std::string& text, UsageQuestion& question) {
  if (text.empty()) return {};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, question.limit);
  if (error == std::errc() && end == last && question.limit >= 1 && question.limit <= UsageQuestion::kMost) return {};
  return wrong("limit", "a number from 1 to " + std::to_string(UsageQuestion::kMost));
}

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Result<UsageQuestion> usage_question(const UsageTerms& terms, std::int32_t today) {
  UsageQuestion question;
  question.since = today - kDays + 1;
  GH_TRY(read_day("since", terms.since, question.since));
  GH_TRY(read_day("until", terms.until, question.until));
  GH_TRY(read_columns(terms.by, question));
  GH_TRY(read_limit(terms.limit, question));
  GH_TRY(read_cursor(terms.after, question));
  if (question.until < question.since) return wrong("until", "no earlier than since");
  question.client = given(terms.client);
  question.key = given(terms.key);
  question.model = given(terms.model);
  return question;
}

Result<UsagePage> usage_of(const std::string& data_dir, const UsageQuestion& question) try {
  GH_ASSIGN(const auto database, Database::look(data_dir));
  return read_usage(*database, question);
} catch (const std::exception& error) {
  return failed("the usage could not be read", error);
}

std::string usage_json(const UsagePage& page, const UsageQuestion& question) {
  std::string out;
  core::JsonObject json(out);
  json.add("since", core::date_text(question.since)).add_or_null("next", usage_cursor(page));
  core::JsonArray usage(json.key("usage"));
  for (const limits::UsageLine& line : page.lines) {
    core::JsonObject entry(usage.next());
    if (question.by_day) entry.add("day", core::date_text(line.day));
    if (question.by_client) entry.add_or_null("client_id", line.client);
    if (question.by_key) entry.add_or_null("key_id", line.key);
    if (question.by_model) entry.add_or_null("model", line.model);
    entry.add("requests", line.requests).add("input_tokens", line.input).add("output_tokens", line.output);
    entry.add("cached_tokens", line.cached).add("reasoning_tokens", line.reasoning);
    entry.add_raw("dollars", core::dollars(line.nanodollars));
  }
  usage.close();
  json.close();
  return out;
}

}  // namespace gatehouse::store
