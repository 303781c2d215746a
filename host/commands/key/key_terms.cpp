#include "commands/key/key_terms.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <gatehouse/units.hpp>

#include "commands/key/key_limits.h"
#include "core/text/utc.h"

namespace gatehouse::commands {

using core::Result;
using core::Status;

namespace {

constexpr std::size_t kMostName = 128;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kLongest = 36'500 * kDay;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kMostName &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

// "30d" from now, "2027-01-31" at its beginning (UTC).
Status read_expiry(const std::string& text, std::int64_t now, std::int64_t& expires) {
  if (text.empty()) return {};
  if (const auto day = core::day_of(text)) {
    expires = *day * kDay;
  } else if (const auto time = parse_duration(text)) {
    expires = now + std::chrono::duration_cast<std::chrono::seconds>(*time).count();
  }
  if (expires > now && expires - now < kLongest) return {};
  return unfit("--expires must be such as 30d, 12h or 2027-01-31, and in the future, not '" + text + "'");
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return parts;
}

}  // namespace

Result<core::KeyTerms> key_terms(const Arguments& arguments, std::int64_t now) {
  core::KeyTerms terms;
  terms.client = arguments.option("client");
  if (!is_name(terms.client))
    return unfit("--client NAME is needed: whose key it is, 1 to 128 printable ASCII characters");
  terms.team = arguments.option("team");
  if (arguments.given("team") && !is_name(terms.team))
    return unfit("--team NAME must be 1 to 128 printable ASCII characters");
  terms.models = split(arguments.option("models"));
  terms.limits.per = core::Scope::key;
  GH_TRY(read_limits(arguments, terms.limits));
  GH_TRY(read_expiry(arguments.option("expires"), now, terms.expires));
  return terms;
}

}  // namespace gatehouse::commands
