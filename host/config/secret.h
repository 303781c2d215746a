// A string that must never be printed: no stream operator, no conversion, no comparison that
// tells how much was right. A value.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  bool empty() const { return value_.empty(); }
  const std::string& reveal() const { return value_; }  // for the wire, and for nothing else
  bool operator==(const Secret&) const = default;

  // Takes as long for a near miss as for a far one.
  bool matches(std::string_view given) const {
    unsigned difference = given.size() == value_.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const char ours = value_.empty() ? '\0' : value_[i % value_.size()];
      difference |= static_cast<unsigned char>(given[i] ^ ours);
    }
    return difference == 0 && !value_.empty();
  }

 private:
  std::string value_;
};

}  // namespace gatehouse::config
