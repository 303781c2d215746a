#include "handlers/admin/tokens.h"

#include <Poco/Logger.h>

#include "handlers/routing/bearer.h"

namespace gatehouse::handlers {

using core::Code;
using core::Status;

namespace {

Status too_many() {
  Status status(Code::rate_limited, "Too many wrong tokens came from this address; try again in a second");
  status.failure().retry_after = Tokens::kForgive;
  return status;
}

}  // namespace

Status Tokens::admit(std::string_view method, std::string_view authorization, std::string_view address,
                     Clock::time_point now) {
  if (admin_.empty() && viewer_.empty()) return {};
  const std::string_view token = bearer(authorization);
  if (token.empty())
    return {Code::unauthenticated, "This listener needs the admin token: send it as 'authorization: Bearer TOKEN'"};
  const std::lock_guard lock(mutex_);
  const std::string_view from = place(address, now);
  if (const auto known = accounts_.find(from); known != accounts_.end()) {
    known->second.forgive(now);
    if (known->second.wrong >= kWrongAtOnce) {
      log(known->second, from, now);
      return too_many();
    }
  }
  const bool may_change = admin_.matches(token);
  if (!may_change && !viewer_.matches(token)) {
    Account& account = accounts_[std::string(from)];
    if (account.wrong++ == 0) account.since = now;
    log(account, from, now);
    return {Code::unauthenticated, "This token is not known here; see admin.tokens in the configuration"};
  }
  if (may_change || method == "GET" || method == "HEAD") return {};
  Status denied(Code::denied, "This token may only look; to change something takes admin.tokens.admin");
  denied.failure().reason = "viewer_token";
  return denied;
}

void Tokens::Account::forgive(Clock::time_point now) {
  while (wrong > 0 && now - since >= kForgive) {
    --wrong;
    since += kForgive;
  }
}

// The address itself; where there is no room for one more, all further ones share an account.
std::string_view Tokens::place(std::string_view address, Clock::time_point now) {
  if (accounts_.size() < kMostAddresses || accounts_.contains(address)) return address;
  for (auto& [known, account] : accounts_) account.forgive(now);
  std::erase_if(accounts_, [&](const auto& entry) {
    return entry.second.wrong == 0 && now - entry.second.logged >= kQuiet;
  });
  return accounts_.size() < kMostAddresses ? address : "other addresses";
}

void Tokens::log(Account& account, std::string_view place, Clock::time_point now) {
  const bool first = account.logged == Clock::time_point();
  if (!first && now - account.logged < kQuiet) {
    ++account.unlogged;
    return;
  }
  std::string line = "a wrong token from " + std::string(place) + " on the operators' listener";
  if (account.unlogged != 0) line += ", and " + std::to_string(account.unlogged) + " more since the last such line";
  Poco::Logger::get("gatehouse").warning(line);
  account.logged = now;
  account.unlogged = 0;
}

}  // namespace gatehouse::handlers
