// Warns of accounts that come near their limits: a line of the log, a count, and a webhook where there is one. look()
// and restore() belong to the thread that writes the books; the rest is thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "limits/warnings/soft_limits.h"
#include "limits/warnings/webhook.h"

namespace gatehouse::limits {

class LimitWarnings {
 public:
  // gateway: what it is called in a warning. REQUIRES: ledger and transport outlive this object.
  LimitWarnings(const Ledger& ledger, core::Transport& transport, std::string gateway)
      : ledger_(ledger), gateway_(std::move(gateway)), webhook_(transport) {}

  void configure(std::span<const core::LimitRule> rules, std::optional<WebhookTarget> webhook);
  void look(std::span<const Balance> changed);
  void restore(std::span<const Balance> balances);
  void stop(std::chrono::milliseconds grace) { webhook_.stop(grace); }

  std::uint64_t count(Scope scope, Dimension dimension) const {
    return counts_[static_cast<std::size_t>(scope)][static_cast<std::size_t>(dimension)];
  }
  WebhookCounts webhook() const { return webhook_.counts(); }

 private:
  const Ledger& ledger_;
  const std::string gateway_;
  std::array<std::array<std::atomic<std::uint64_t>, core::kDimensionCount>, core::kScopeCount> counts_{};
  std::mutex mutex_;
  SoftLimits soft_;  // guarded by mutex_
  Webhook webhook_;  // last: its thread uses the rest
};

// One line for the log.
std::string line_of(const LimitWarning& warning);
// What the webhook is sent.
std::string document_of(const LimitWarning& warning, std::string_view gateway, std::int64_t unix_s);

}  // namespace gatehouse::limits
