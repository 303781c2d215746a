#include "store/books/usage_report.h"

#include <algorithm>

#include "core/text/json_writer.h"
#include "core/money/money.h"
#include "core/text/utc.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::int32_t kDays = 30;

}  // namespace

Result<UsageQuestion> usage_question(const std::string& since, std::string_view by, std::int32_t today) {
  UsageQuestion question;
  question.since = today - kDays + 1;
  if (!since.empty()) {
    const std::optional<std::int32_t> day = core::day_of(since);
    if (!day) return Status(Code::invalid_request, "since must be a date such as 2027-01-31, not '" + since + "'");
    question.since = *day;
  }
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
      return Status(Code::invalid_request, "by must be of day, client, key and model, not '" + std::string(one) + "'");
  }
  return question;
}

Result<std::vector<limits::UsageLine>> usage_of(const std::string& data_dir, const UsageQuestion& question) try {
  GH_ASSIGN(const auto database, Database::look(data_dir));
  return read_usage(*database, question);
} catch (const std::exception& error) {
  return failed("the usage could not be read", error);
}

std::string usage_json(const std::vector<limits::UsageLine>& lines, const UsageQuestion& question) {
  std::string out;
  core::JsonObject json(out);
  core::JsonArray usage(json.add("since", core::date_text(question.since)).key("usage"));
  for (const limits::UsageLine& line : lines) {
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
