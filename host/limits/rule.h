// One limit in force: how much of what, and everybody's spending under it. Immutable but for the
// cells, which are shared by every version of the rules that has this limit. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/limit_rule.h"
#include "core/quota.h"
#include "core/status.h"
#include "limits/table.h"

namespace gatehouse::limits {

// Who spends. Views, for the time of a call.
struct Subject {
  std::string_view client;
  std::string_view key;    // the credential's id, never the credential; empty: none was shown
  std::string_view model;  // the alias
};

// What a request is expected to cost.
struct Cost {
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
};

enum class Dimension : std::uint8_t { concurrent, requests, tokens };

class Rule {
 public:
  Rule(core::LimitPer per, Dimension dimension, std::int64_t most, std::shared_ptr<Table> table)
      : per_(per), dimension_(dimension), most_(most), rate_(most), table_(std::move(table)) {}

  core::LimitPer per() const { return per_; }
  Dimension dimension() const { return dimension_; }
  std::int64_t most() const { return most_; }
  const Rate& rate() const { return rate_; }  // has no meaning for Dimension::concurrent
  const std::shared_ptr<Table>& table() const { return table_; }

  std::string_view name_of(const Subject& subject) const;  // the spender this rule counts
  // What the cost comes to here: never more than a full bucket, so that it can be met one day.
  std::int64_t amount(const Cost& cost) const;

  Cell* pin(const Subject& subject, std::int64_t now) const;  // nullptr: too many spenders at once
  bool take(Cell& cell, std::int64_t amount, std::int64_t now) const;
  void charge(Cell& cell, std::int64_t amount, std::int64_t now) const;  // below 0: gives back
  std::int64_t wait(const Cell& cell, std::int64_t amount,
                    std::int64_t now) const;                    // nanoseconds until take() may succeed
  core::Quota quota(const Cell* cell, std::int64_t now) const;  // nullptr: nothing spent yet

  // Why a request was refused, as the caller is told.
  core::Status refused(const Subject& subject, std::int64_t wait) const;
  core::Status refused_too_large(const Subject& subject, std::uint64_t requested) const;

 private:
  core::LimitPer per_;
  Dimension dimension_;
  std::int64_t most_;
  Rate rate_;
  std::shared_ptr<Table> table_;
};

}  // namespace gatehouse::limits
