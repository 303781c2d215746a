// Counts exchanges for Prometheus, as their observer; GET /metrics reads the counts. Labels come from the configuration
// and from closed sets only, never from what a caller sends.
// Thread-safe; counting takes a shared lock for a look-up and no other.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <shared_mutex>
#include <string>
#include <tuple>

#include "core/record/exchange_observer.h"
#include "limits/ledger.h"
#include "limits/warnings/limit_warnings.h"
#include "modules/swap/reloader.h"
#include "net/front/server.h"

namespace gatehouse::handlers {

class Metrics final : public core::ExchangeObserver {
 public:
  Metrics();

  void began() override { in_flight_.Increment(); }
  void ended(const core::Record& record, std::span<const core::Decision> decisions) override;

  // Everything in Prometheus' text format, the plugins', sinks' and the server's counts as they are now.
  std::string text(const modules::Generation& generation, const modules::Reloader& reloader,
                   const net::ServerCounters& server, limits::Ledger& ledger,
                   const limits::LimitWarnings& warnings, bool database_works) const;

 private:
  // The counters of one combination of labels.
  struct Series {
    prometheus::Counter& requests;
    prometheus::Histogram& duration;
    prometheus::Histogram& first_token;
    prometheus::Counter& tokens_in;
    prometheus::Counter& tokens_out;
    prometheus::Counter& dollars;
  };
  bool count(const core::Record& record, std::span<const core::Decision> decisions);
  void enter(const core::Record& record);
  void enter(const core::Decision& decision);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Family<prometheus::Histogram>& first_token_;
  prometheus::Family<prometheus::Counter>& tokens_;
  prometheus::Family<prometheus::Counter>& dollars_;
  prometheus::Family<prometheus::Counter>& verdicts_;
  prometheus::Family<prometheus::Counter>& ended_short_;
  prometheus::Gauge& in_flight_;
  prometheus::Counter& left_out_;
  prometheus::Counter& doubted_;
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_. By route, provider, model, status and type of error; by policy, step and verdict.
  std::map<std::tuple<std::string, std::string, std::string, int, std::string>, Series, std::less<>> series_;
  std::map<std::tuple<std::string, std::string, std::string>, prometheus::Counter&, std::less<>> verdict_counters_;
};

}  // namespace gatehouse::handlers
