#include "store/books/usage_pages.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "store/books/usage_look.h"

namespace gatehouse::store {

using limits::UsageLine;

namespace {

constexpr std::int64_t kChunk = 100;  // rows of a day to look at, at a time

// A page while it is read.
class Reading {
 public:
  Reading(Database& database, const UsageQuestion& question)
      : database_(database),
        question_(question),
        table_(question.by_client || question.by_key || question.client || question.key ? "usage" : "usage_by_day") {
    look_.first = question.since;
    look_.last = question.until;
    look_.only_client = question.client.value_or("");
    look_.only_key = question.key.value_or("");
    look_.only_model = question.model.value_or("");
    if (question.client) filter_ += " AND client = ?6";
    if (question.key) filter_ += " AND key = ?7";
    if (question.model) filter_ += " AND model = ?8";
  }

  UsagePage read() {
    if (question_.by_day)
      read_days();
    else if (question_.by_client)
      read_clients();
    else
      read_sums();
    return std::move(page_);
  }

 private:
  std::string names() const {
    const auto column = [](bool apart, const char* name) { return std::string(apart ? name : "''"); };
    return column(question_.by_client, "client") + ", " + column(question_.by_key, "key") + ", " +
           column(question_.by_model, "model");
  }
  std::string sums(const std::string& day) const {
    return "SELECT " + day + ", " + names() +
           ", sum(requests), sum(input), sum(output), sum(cached), sum(reasoning), sum(nanodollars) FROM ";
  }
  std::string in_order() const { return " GROUP BY " + names() + " ORDER BY " + names() + " LIMIT ?10"; }
  // Where the order's columns that are told apart come after the place.
  std::string after(const UsagePlace& place) {
    look_.client = place.client;
    look_.key = place.key;
    look_.model = place.model;
    return " AND (" + names() + ") > (?3, ?4, ?5)";
  }
  std::int32_t next_day(std::int32_t day) {  // with usage, from that one on; after the last one: the largest
    return static_cast<std::int32_t>(database_.number("SELECT coalesce(min(day), 2147483647) FROM " + table_ +
                                                      " WHERE day >= " + std::to_string(day)));
  }

  // False: the page is full, and there is more.
  bool add(const UsageLine& line) {
    // A byte of a name is up to six in JSON.
    const std::size_t bytes = 300 + 6 * (line.client.size() + line.key.size() + line.model.size());
    page_.more = page_.lines.size() == question_.limit ||
                 (!page_.lines.empty() && bytes_ + bytes > UsageQuestion::kBytes);
    if (page_.more) return false;
    bytes_ += bytes;
    page_.lines.push_back(line);
    return true;
  }
  bool add(const std::vector<UsageLine>& lines) {
    for (const UsageLine& line : lines)
      if (!add(line)) return false;
    return true;
  }

  std::int64_t rows_left() const { return static_cast<std::int64_t>(question_.limit - page_.lines.size()) + 1; }

  void read_days() {
    const std::int32_t begin = question_.after ? std::max(question_.after->day, question_.since) : question_.since;
    for (std::int32_t day = next_day(begin); day <= question_.until && day != kNoDay; day = next_day(day + 1)) {
      const bool within = question_.after && question_.after->day == day;
      look_.first = day;
      look_.rows = rows_left();
      const std::string from = within ? after(*question_.after) : std::string();
      if (!add(look_at_usage(database_, sums("day") + table_ + " WHERE day = ?1" + from + filter_ + in_order(), look_)))
        return;
    }
  }

  // Some clients at a time: none beyond the one at which the first of the days has shown enough rows.
  void read_clients() {
    std::string clients = question_.after ? " AND client >= ?3" : "";
    std::string within = question_.after ? after(*question_.after) : "";
    while (true) {
      const bool all = question_.client || !find_end(clients);
      look_.rows = rows_left();
      const std::string those = clients + within + (all ? "" : " AND client <= ?9") + filter_;
      std::string sql = kDaysWithUsage + sums("0");
      sql.append("days CROSS JOIN usage WHERE day = d").append(those).append(in_order());
      if (!add(look_at_usage(database_, sql, look_)) || all) return;
      look_.client = look_.up_to;
      clients = " AND client > ?3";
      within.clear();
    }
  }
  // False: the rest of the clients are few.
  bool find_end(const std::string& clients) {
    look_.rows = kChunk;
    const std::vector<UsageLine> end = look_at_usage(
        database_,
        kDaysWithUsage +
            "SELECT last IS NOT NULL, coalesce(last, ''), '', '', 0, 0, 0, 0, 0, 0 FROM (SELECT min((SELECT client "
            "FROM usage WHERE day = d" +
            clients + " ORDER BY client LIMIT 1 OFFSET ?10)) AS last FROM days WHERE d IS NOT NULL)",
        look_);
    look_.up_to = end.at(0).client;
    return end.at(0).day != 0;
  }

  // Added up here, a day at a time. The first lines of all are among the first of each day.
  void read_sums() {
    std::map<std::tuple<std::string, std::string>, UsageLine> totals;
    const std::string from = question_.after ? after(*question_.after) : "";
    look_.rows = rows_left();
    for (std::int32_t day = next_day(question_.since); day <= question_.until && day != kNoDay;
         day = next_day(day + 1)) {
      look_.first = day;
      for (const UsageLine& line : look_at_usage(
               database_, sums("0") + table_ + " WHERE day = ?1" + from + filter_ + in_order(), look_)) {
        const auto [total, added] = totals.try_emplace({line.key, line.model}, line);
        if (!added) total->second += line;
      }
      while (totals.size() > question_.limit + 1) totals.erase(std::prev(totals.end()));
    }
    for (const auto& [name, line] : totals)
      if (!add(line)) return;
  }

  static constexpr std::int32_t kNoDay = std::numeric_limits<std::int32_t>::max();
  static inline const std::string kDaysWithUsage =  // the days with usage; the last one is NULL
      ", days(d) AS (SELECT min(day) FROM usage WHERE day BETWEEN ?1 AND ?2 UNION ALL SELECT (SELECT min(day) FROM "
      "usage WHERE day > d AND day <= ?2) FROM days WHERE d IS NOT NULL) ";

  Database& database_;
  const UsageQuestion& question_;
  const std::string table_;  // all clients' together, where none is asked for
  UsageLook look_;
  std::string filter_;  // of the statements
  UsagePage page_;
  std::size_t bytes_ = 0;
};

}  // namespace

UsagePage read_usage(Database& database, const UsageQuestion& question) { return Reading(database, question).read(); }

}  // namespace gatehouse::store
