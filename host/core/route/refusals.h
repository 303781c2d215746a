// Which refusals of other targets a target is marked for, and what a configuration and a record call them. Values.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/status.h"

namespace gatehouse::core {

struct RefusalInfo {
  Refusal refusal;
  std::string_view name;
};

inline constexpr RefusalInfo kRefusals[] = {
    {Refusal::context_length, "context_length"},
    {Refusal::content_filter, "content_filter"},
};

// Empty where there is none.
constexpr std::string_view name_of(Refusal refusal) {
  for (const RefusalInfo& row : kRefusals) {
    if (row.refusal == refusal) return row.name;
  }
  return {};
}

class Refusals {
 public:
  constexpr void add(Refusal refusal) { bits_ |= bit(refusal); }
  constexpr void add(Refusals others) { bits_ |= others.bits_; }
  constexpr bool has(Refusal refusal) const { return (bits_ & bit(refusal)) != 0; }

  bool operator==(const Refusals&) const = default;

 private:
  static constexpr std::uint8_t bit(Refusal refusal) {
    return refusal == Refusal::none ? 0 : static_cast<std::uint8_t>(1u << static_cast<unsigned>(refusal));
  }

  std::uint8_t bits_ = 0;
};

}  // namespace gatehouse::core
