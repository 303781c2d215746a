#include "store/usage_report.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/json_writer.h"
#include "core/money/money.h"

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::int32_t kDays = 30;

Result<std::int32_t> day_of(const std::string& text) {
  int year = 0, length = 0;
  unsigned month = 0, day = 0;
  const bool read = text.find_first_not_of("0123456789-") == text.npos && text[0] != '-' &&
                    std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &length) == 3;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!read || static_cast<std::size_t>(length) != text.size() || !date.ok()) {
    return Status(Code::invalid_request, "since must be a date such as 2027-01-31, not '" + text + "'");
  }
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

}  // namespace

std::string date_of(std::int32_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

Result<UsageQuestion> usage_question(const std::string& since, std::string_view by, std::int32_t today) {
  UsageQuestion question;
  question.since = today - kDays + 1;
  if (!since.empty()) {
    GH_ASSIGN(question.since, day_of(since));
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
  GH_ASSIGN(const auto database, Database::open(data_dir));
  return read_usage(*database, question);
} catch (const std::exception& error) {
  return failed("the usage could not be read", error);
}

std::string usage_json(const std::vector<limits::UsageLine>& lines, const UsageQuestion& question) {
  std::string out;
  core::JsonObject json(out);
  json.add("since", date_of(question.since)).key("usage") += '[';
  for (const limits::UsageLine& line : lines) {
    if (out.back() != '[') out += ',';
    core::JsonObject entry(out);
    if (question.by_day) entry.add("day", date_of(line.day));
    if (question.by_client) entry.add_or_null("client_id", line.client);
    if (question.by_key) entry.add_or_null("key_id", line.key);
    if (question.by_model) entry.add_or_null("model", line.model);
    entry.add("requests", line.requests).add("input_tokens", line.input).add("output_tokens", line.output);
    entry.add("cached_tokens", line.cached).add("reasoning_tokens", line.reasoning);
    entry.add_raw("dollars", core::dollars(line.nanodollars)).close();
  }
  out += ']';
  json.close();
  return out;
}

}  // namespace gatehouse::store
