// What the callers' endpoints work with; all of it outlives every request. Thread-safe, each in its own way.
#pragma once

#include <atomic>

#include "config/settings.h"
#include "core/record/exchange_observer.h"
#include "core/record/refusal_budget.h"
#include "core/route/breakers.h"
#include "core/transport.h"
#include "limits/ledger.h"
#include "limits/tokens/encoding.h"
#include "modules/swap/registry.h"
#include "store/keys/key_ring.h"

namespace gatehouse::handlers {

struct CallerServices {
  modules::Registry& registry;
  limits::Ledger& ledger;
  const limits::Encodings& encodings;
  core::Transport& transport;
  core::ExchangeObserver& observer;
  core::RefusalBudget& refusals;
  core::Breakers& breakers;
  const store::KeyRing& keys;
  const std::atomic<config::Auth>& auth;  // who is served; a reload may change it
  const config::ServerSettings& settings;
};

}  // namespace gatehouse::handlers
