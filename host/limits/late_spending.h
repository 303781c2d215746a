// What a gateway spends after another one has taken its balances over: the differences, which the other one charges to
// its own accounts. Slots are told in the same way, though balances leave them out. One thread at a time.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "limits/notes.h"

namespace gatehouse::limits {

class LateSpending {
 public:
  // told: what the other gateway knows.
  explicit LateSpending(std::span<const Balance> told = {});

  // How the accounts stand now: those that have changed, and every slot that is taken.
  void note(std::span<const Balance> changed, std::span<const Balance> slots);
  // What the other gateway does not know yet: `spent` is by how much more, or less. A bucket's is without what has
  // come free in between, to the token.
  std::vector<Balance> differences() const;
  // It knows them now.
  void told();
  // How the accounts that have changed stand, without slots: for the gateway that was not replaced after all.
  std::vector<Balance> changed() const;

 private:
  std::map<BalanceName, Balance> told_;
  std::map<BalanceName, Balance> latest_;
};

}  // namespace gatehouse::limits
