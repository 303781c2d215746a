#include "config/yaml/problems.h"

#include <algorithm>
#include <tuple>

namespace gatehouse::config {
namespace {

constexpr std::size_t kShown = 50;  // the rest is likely to follow from these

}  // namespace

core::Status Problems::status() {
  if (found_.empty()) return {};
  std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
  });
  std::string message;
  for (std::size_t i = 0; i < std::min(found_.size(), kShown); ++i) {
    if (i != 0) message += '\n';
    message += found_[i].where.text() + ": " + found_[i].sentence;
  }
  if (found_.size() > kShown) message += "\nand " + std::to_string(found_.size() - kShown) + " more";
  return {core::Code::config, std::move(message)};
}

}  // namespace gatehouse::config
