#include "limits/warnings/limit_warnings.h"

#include <Poco/Logger.h>

#include <limits>

#include "core/text/json_writer.h"
#include "core/text/utc.h"
#include "core/text/visible.h"

namespace gatehouse::limits {

namespace {

constexpr std::size_t kMostLines = 20;  // of the log, at one look

// Empty: it begins anew by and by, or never.
std::string reset_of(const LimitWarning& warning) {
  if (warning.ends == 0 || warning.ends == std::numeric_limits<std::int64_t>::max()) return "";
  return core::utc_text(warning.ends);
}

std::string amount(const LimitWarning& warning, std::int64_t of) {
  return amount_text(core::info(warning.balance.dimension), of);
}

std::string percent(std::int64_t thousandths) {
  return std::to_string(thousandths / 10) + (thousandths % 10 == 0 ? "" : "." + std::to_string(thousandths % 10)) + "%";
}

std::string_view unit_of(const core::DimensionInfo& row) {
  if (row.is_money()) return "dollars";
  return row.unit == core::LimitUnit::tokens ? "tokens" : "requests";
}

// Whom the limit is for, where it is not for everybody.
void add_match(core::JsonObject& json, const Balance& balance) {
  const std::string_view label = label_of(balance.name);
  if (const std::string_view match = match_of(label); !match.empty()) json.add_raw("match", match);
}

}  // namespace

std::string line_of(const LimitWarning& warning) {
  const Balance& balance = warning.balance;
  const core::DimensionInfo& row = core::info(balance.dimension);
  const core::ScopeInfo& scope = core::info(balance.scope);
  const std::string_view spender = spender_of(balance.name), label = label_of(balance.name);
  const std::string name = spender.empty() ? std::string(scope.nameless)
                                           : std::string(scope.described) + core::visible(std::string(spender));
  const std::string reset = reset_of(warning);
  return "limit " + std::string(row.name) + " per " + std::string(scope.name) + ": " + name +
         (label.empty() ? "" : " under ") + core::visible(std::string(label)) + " has passed " +
         percent(warning.share) + ", with " + amount(warning, balance.spent) + " of " + amount(warning, balance.most) +
         " " + std::string(unit_of(row)) + " spent" + (reset.empty() ? "" : "; it begins anew at " + reset);
}

std::string document_of(const LimitWarning& warning, std::string_view gateway, std::int64_t unix_s) {
  const Balance& balance = warning.balance;
  const core::DimensionInfo& row = core::info(balance.dimension);
  const std::string_view per = core::info(balance.scope).name;
  std::string out;
  core::JsonObject json(out);
  json.add("event", "limit_warning");
  json.add("id", std::string(per) + ":" + std::string(row.name) + ":" + std::to_string(warning.period) + ":" +
                     balance.name);
  json.add("limit", row.name).add("per", per).add("account", spender_of(balance.name));
  add_match(json, balance);
  json.add_raw("spent", amount(warning, balance.spent)).add_raw("of", amount(warning, balance.most));
  json.add("unit", unit_of(row));
  const std::string_view zeros = warning.share < 10 ? "0.00" : warning.share < 100 ? "0.0" : "0.";
  json.add_raw("share", std::string(zeros) + std::to_string(warning.share));
  json.add("period", row.is_window() ? row.name.substr(row.name.rfind('_') + 1) : std::string_view("minute"));
  json.add_or_null("resets", reset_of(warning));
  json.add("gateway", gateway).add("time", core::utc_text(unix_s));
  json.close();
  return out;
}

void LimitWarnings::configure(std::span<const core::LimitRule> rules, std::optional<WebhookTarget> webhook) {
  webhook_.aim(std::move(webhook));
  const std::lock_guard lock(mutex_);
  soft_.set_rules(rules);
}

void LimitWarnings::restore(std::span<const Balance> balances) {
  const std::lock_guard lock(mutex_);
  if (ledger_.shared() == nullptr) soft_.restore(balances, ledger_.now());
}

void LimitWarnings::look(std::span<const Balance> changed) {
  std::vector<LimitWarning> passed;
  {
    const std::lock_guard lock(mutex_);
    passed = soft_.passed(changed, ledger_);
  }
  Poco::Logger& logger = Poco::Logger::get("gatehouse");
  for (std::size_t i = 0; i < passed.size(); ++i) {
    const LimitWarning& one = passed[i];
    ++counts_[static_cast<std::size_t>(one.balance.scope)][static_cast<std::size_t>(one.balance.dimension)];
    if (i < kMostLines) logger.warning(line_of(one));
    webhook_.post(document_of(one, gateway_, ledger_.now().unix_ns / 1'000'000'000));
  }
  if (passed.size() > kMostLines)
    logger.warning("and " + std::to_string(passed.size() - kMostLines) + " others have come near their limits");
}

}  // namespace gatehouse::limits
