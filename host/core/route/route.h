// Where a model alias leads: the targets that can answer it. Immutable, shared by all exchanges
// of a generation.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/money/money.h"
#include "core/route/breaker.h"
#include "core/route/provider.h"
#include "core/route/refusals.h"
#include "core/route/retry.h"
#include "core/status.h"

namespace gatehouse::core {

struct Target {
  std::shared_ptr<Provider> provider;
  std::string model;  // the provider's name of it
  std::uint32_t weight = 1;
  BreakerRules breaker_rules = {};
  Price price = {};
  Refusals fallback_on = {};  // by other targets, that this one may be asked after
  std::string price_from = {};  // who says so, for the operator; empty: nobody
};

struct Route {
  std::string alias;
  std::vector<Target> targets;  // at least one
  RetryRules retry = {};
  std::string encoding = {};      // of its texts; empty: not known
  Price dearest = {};             // nowhere below that of any target
  bool priced = true;             // the price of each target is known
  std::uint64_t max_output = 0;   // tokens of an answer where the caller names no bound; 0: the gateway's own

  // Which target to ask, by weight; `dice` is uniformly random.
  const Target& pick(std::uint64_t dice) const;
};

using Routes = std::map<std::string, Route, std::less<>>;  // by alias

// What a caller is told who names an alias that is not there; not_found.
Status unknown_model(std::string_view alias);

}  // namespace gatehouse::core
