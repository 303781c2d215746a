// Is told when exchanges begin and how they end; metrics are one. Thread-safe.
#pragma once

#include <span>

#include "core/policy/policy_run.h"
#include "core/record/record.h"

namespace gatehouse::core {

class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;
  virtual void began() = 0;
  virtual void ended(const Record& record, std::span<const Decision> decisions) = 0;
};

}  // namespace gatehouse::core
