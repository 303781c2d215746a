// Notices when somebody sets the machine's clock across the beginning of a day, which limits by the day or month go by.
// Set ahead, such a limit begins anew before its time; set back, it goes on in the period that had begun. One thread at
// a time.
#pragma once

#include <optional>
#include <string>

#include "limits/accounts/moment.h"

namespace gatehouse::store {

class ClockWatch {
 public:
  // What an operator should know, once for each time that the clock was set. REQUIRES: called more often than once in
  // a minute.
  std::optional<std::string> look(const limits::Moment& now);

 private:
  std::optional<limits::Moment> before_;
};

// Of balances that were written down in a period that is yet to come.
std::string told_of_balances_ahead(std::size_t count);

}  // namespace gatehouse::store
