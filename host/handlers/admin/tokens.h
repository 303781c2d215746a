// Who may do what on the operators' side, by token: a viewer may look (GET), an admin may change. An address that keeps
// sending wrong tokens has to wait, and is logged. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "config/secret.h"
#include "core/status.h"

namespace gatehouse::handlers {

class Tokens {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kWrongAtOnce = 10;             // wrong tokens of one address before it has to wait
  static constexpr std::chrono::seconds kForgive{1};  // until one of them is forgotten
  static constexpr std::chrono::minutes kQuiet{1};    // between two lines of the log about one address
  static constexpr std::size_t kMostAddresses = 1024;

  // An empty token is none. With neither everybody may do everything.
  Tokens(config::Secret admin, config::Secret viewer) : admin_(std::move(admin)), viewer_(std::move(viewer)) {}

  // unauthenticated: no token, or a wrong one. denied: a viewer wants to change something. rate_limited: the address
  // has sent too many wrong ones, so that this one was not looked at.
  core::Status admit(std::string_view method, std::string_view authorization, std::string_view address,
                     Clock::time_point now = Clock::now());

 private:
  // What is held against one address.
  struct Account {
    int wrong = 0;
    Clock::time_point since;   // when the oldest of them came, or the one before was forgotten
    Clock::time_point logged;  // the last line about it
    std::uint64_t unlogged = 0;

    void forgive(Clock::time_point now);
  };
  std::string_view place(std::string_view address, Clock::time_point now);
  static void log(Account& account, std::string_view place, Clock::time_point now);

  const config::Secret admin_, viewer_;
  std::mutex mutex_;
  std::map<std::string, Account, std::less<>> accounts_;  // where a wrong token came from; guarded by mutex_
};

}  // namespace gatehouse::handlers
