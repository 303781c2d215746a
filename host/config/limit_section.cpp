// limits: who may spend how much.
#include "config/sections.h"
#include "core/money/money.h"

namespace gatehouse::config {
namespace {

constexpr std::int64_t kMost = 1'000'000'000'000;  // per minute
constexpr std::int64_t kLeastDollars = 1'000;      // in nano-dollars
constexpr std::int64_t kMostDollars = 4'000'000 * core::kNanodollarsPerDollar;
constexpr std::int64_t kMostConcurrent = 1'000'000;
constexpr std::int64_t kMostGateways = 1'000;
constexpr std::chrono::milliseconds kShortest{1}, kLongest{10'000};
constexpr const char* kPer[] = {"client", "key", "model", "global"};

struct Dimension {
  const char* key;
  std::int64_t core::LimitRule::*field;
  std::int64_t most;  // 0: it is money
};
constexpr Dimension kDimensions[] = {{"requests_per_minute", &core::LimitRule::requests_per_minute, kMost},
                                     {"tokens_per_minute", &core::LimitRule::tokens_per_minute, kMost},
                                     {"concurrent", &core::LimitRule::concurrent, kMostConcurrent},
                                     {"tokens_per_day", &core::LimitRule::tokens_per_day, kMost},
                                     {"dollars_per_day", &core::LimitRule::dollars_per_day, 0},
                                     {"dollars_per_month", &core::LimitRule::dollars_per_month, 0}};

// Two limits of one kind on the same spender would leave the looser one without meaning.
void check_once(const Node& node, const Dimension& dimension, const core::LimitRule& rule,
                const std::vector<core::LimitRule>& earlier) {
  for (const core::LimitRule& other : earlier) {
    if (other.per != rule.per || other.*dimension.field == 0) continue;
    node.fail(std::string("is limited per ") + kPer[static_cast<std::size_t>(rule.per)] +
              " already; keep one of the two");
    return;
  }
}

}  // namespace

void read_limits(const Node& node, std::vector<core::LimitRule>& limits) {
  for (const Node& item : node.items()) {
    const auto section = item.section({"per", "requests_per_minute", "tokens_per_minute", "concurrent",
                                       "tokens_per_day", "dollars_per_day", "dollars_per_month"});
    if (!section) continue;
    core::LimitRule rule;
    if (const Node* n = section->required("per")) assign(rule.per, n->choice({kPer[0], kPer[1], kPer[2], kPer[3]}));
    bool limits_something = false;
    for (const Dimension& dimension : kDimensions) {
      const Node* n = section->find(dimension.key);
      if (n == nullptr) continue;
      limits_something = true;
      assign(rule.*dimension.field,
             dimension.most == 0 ? n->dollars(kLeastDollars, kMostDollars) : n->integer(1, dimension.most));
      check_once(*n, dimension, rule, limits);
    }
    if (!limits_something)
      item.fail(
          "limits nothing: give requests_per_minute, tokens_per_minute, concurrent, tokens_per_day, dollars_per_day or "
          "dollars_per_month");
    limits.push_back(rule);
  }
}

void read_shared_limits(const Node& node, std::optional<SharedLimitsSettings>& shared) {
  const auto section = node.section({"redis", "password", "prefix", "timeout", "when_away", "gateways"});
  if (!section) return;
  shared.emplace();
  if (const Node* n = section->required("redis")) {
    const auto text = n->text();
    auto address = text ? parse_server(*text) : std::nullopt;
    if (address)
      shared->redis = *std::move(address);
    else if (text)
      n->fail("must be HOST:PORT such as 127.0.0.1:6379, not " + n->shown());
  }
  if (const Node* n = section->find("password")) {
    if (auto value = n->secret()) shared->password = Secret(*std::move(value));
  }
  if (const Node* n = section->find("prefix")) assign(shared->prefix, n->text());
  if (const Node* n = section->find("timeout")) assign(shared->timeout, n->duration(kShortest, kLongest));
  if (const Node* n = section->find("when_away")) {
    assign(shared->when_away, n->choice({"degrade", "open", "closed"}));
  }
  if (const Node* n = section->required("gateways")) assign(shared->gateways, n->integer(1, kMostGateways));
}

}  // namespace gatehouse::config
