// gatehouse usage: who used what, as a table.
#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>

#include "commands/command.h"
#include "config/load.h"
#include "core/money/money.h"
#include "core/text/utc.h"
#include "core/text/visible.h"
#include "store/state.h"
#include "store/books/usage_report.h"

namespace gatehouse::commands {

namespace {

constexpr Option kReportOptions[] = {
    {"since", "DATE", "the first day to count, such as 2027-01-31; thirty days ago when not given"},
    {"until", "DATE", "the last day to count; today when not given"},
    {"client", "NAME", "only this client's"},
    {"key", "ID", "only this key's"},
    {"model", "NAME", "only this model's"},
    {"limit", "N", "at most so many lines; all when not given"},
    {"after", "PLACE", "goes on where a table with --limit ended, which says how"},
    {"by", "LIST", "what to tell apart: day,client,key,model; all four when not given"},
};

std::string shown(const std::string& name) { return name.empty() ? "-" : core::visible(name); }

void show(const std::vector<limits::UsageLine>& lines, const store::UsageQuestion& question) {
  using Cells = std::vector<std::string>;
  std::vector<Cells> table;
  const auto add = [&](const std::string& day, const std::string& client, const std::string& key,
                       const std::string& model, Cells numbers) {
    Cells row;
    if (question.by_day) row.push_back(day);
    if (question.by_client) row.push_back(shown(client));
    if (question.by_key) row.push_back(shown(key));
    if (question.by_model) row.push_back(shown(model));
    row.insert(row.end(), numbers.begin(), numbers.end());
    table.push_back(std::move(row));
  };
  add("day", "client", "key", "model", {"requests", "input", "output", "cached", "usd"});
  for (const limits::UsageLine& line : lines) {
    add(core::date_text(line.day), line.client, line.key, line.model,
        {std::to_string(line.requests), std::to_string(line.input), std::to_string(line.output),
         std::to_string(line.cached), core::dollars(line.nanodollars)});
  }
  const std::size_t names = table[0].size() - 5;
  std::vector<std::size_t> widths(table[0].size());
  for (const Cells& row : table)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  for (const Cells& row : table) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::cout << (column == 0 ? "" : "  ") << (column < names ? std::left : std::right)
                << std::setw(static_cast<int>(widths[column])) << row[column];
    }
    std::cout << "\n";
  }
}

core::Status run(const Arguments& arguments) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch();
  const store::UsageTerms terms{arguments.option("since"), arguments.option("until"), arguments.option("by"),
                                arguments.option("client"), arguments.option("key"), arguments.option("model"),
                                arguments.option("limit"), arguments.option("after")};
  GH_ASSIGN(auto question, store::usage_question(terms, static_cast<std::int32_t>(today.count())));
  GH_ASSIGN(const auto settings, config::load(arguments.config));
  GH_ASSIGN(const auto state, store::look_at_state(settings.data_dir));
  if (!state) return show({}, question), core::Status();
  const bool all = !arguments.given("limit");
  if (all) question.limit = store::UsageQuestion::kMost;
  std::vector<limits::UsageLine> lines;
  while (true) {
    GH_ASSIGN(const auto page, store::usage_of(settings.data_dir, question));
    lines.insert(lines.end(), page.lines.begin(), page.lines.end());
    if (!page.more || !all) {
      show(lines, question);
      if (page.more) std::cerr << "there is more: --after " << store::usage_cursor(page) << "\n";
      return {};
    }
    const limits::UsageLine& last = page.lines.back();
    question.after = store::UsagePlace{last.day, last.client, last.key, last.model};
  }
}

}  // namespace

const std::span<const Option> kUsageOptions = kReportOptions;

int usage(const Arguments& arguments) {
  const core::Status status = run(arguments);
  return status.ok() ? 0 : failed(status);
}

}  // namespace gatehouse::commands
