// One limit in force: how much of what within which time. Immutable; what was spent is in the
// accounts it is applied to. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/money/limit_rule.h"
#include "core/money/quota.h"
#include "core/status.h"
#include "limits/account.h"
#include "limits/moment.h"

namespace gatehouse::limits {

// Who spends. Views, for the time of a call.
struct Subject {
  std::string_view client;
  std::string_view key;                  // the credential's id, never the credential; empty: none was shown
  std::string_view model;                // the alias
  const core::LimitRule* own = nullptr;  // the key's own limits; nullptr: none
};

// Whose spending is counted together: what core::LimitPer names, and what a key brings along.
enum class Scope : std::uint8_t { client, key, model, global, own };
constexpr std::size_t kScopes = 5;

std::string_view text(Scope scope);  // "client", in what is kept and shown
std::string_view name_of(Scope scope, const Subject& subject);
std::string described(Scope scope, const Subject& subject);  // "client_id dev-local-1"

// What a request is expected to cost. Money in nano-dollars.
struct Cost {
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t input_dollars = 0;
  std::int64_t dollars = 0;  // input and output
};

enum class Dimension : std::uint8_t { concurrent, requests, tokens, tokens_day, dollars_day, dollars_month };
constexpr std::size_t kDimensions = 6;
std::string_view text(Dimension dimension);  // "tokens_per_minute", as in YAML

class Rule {
 public:
  Rule() = default;
  Rule(Dimension dimension, std::int64_t most) : dimension_(dimension), most_(most), rate_(most) {}

  Dimension dimension() const { return dimension_; }
  std::int64_t most() const { return most_; }
  const Rate& rate() const { return rate_; }  // has a meaning for requests and tokens per minute

  // What the cost comes to here: never more than there can ever be, so that it can be met one day.
  std::int64_t amount(const Cost& cost) const;
  bool can_ever_hold(const Cost& cost) const;  // whether the input alone fits

  bool take(Account& account, std::int64_t amount, const Moment& now) const;
  // Whether it is there or not. Not for `concurrent`.
  void charge(Account& account, std::int64_t amount, const Moment& now) const;
  std::int32_t period(const Account& account, const Moment& now) const;  // of the window; else 0
  std::int64_t wait(const Account& account, std::int64_t amount, const Moment& now) const;  // ns until it may be there
  std::int64_t spent(const Account& account, const Moment& now) const;
  core::Quota quota(const Account& account, const Moment& now) const;

  // Why a request was refused, as the caller is told.
  core::Status refused(const std::string& spender, std::int64_t wait) const;
  core::Status refused_too_large(const std::string& spender, const Cost& cost) const;

 private:
  Dimension dimension_ = Dimension::concurrent;
  std::int64_t most_ = 0;
  Rate rate_;
};

// Where an account keeps a dimension; nullptr where it is of the other kind.
Bucket* bucket_of(Account& account, Dimension dimension);
Window* window_of(Account& account, Dimension dimension);
std::int32_t period_of(Dimension dimension, const Moment& now);  // the window's day or month

}  // namespace gatehouse::limits
