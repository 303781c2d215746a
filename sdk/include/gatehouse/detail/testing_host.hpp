// The host as a plugin sees it under test: it keeps what the plugin logs, and counts for it. For one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/views.hpp>

namespace gatehouse::testing {

class FakeHost {
 public:
  FakeHost() = default;
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const gh_host* raw() const { return &raw_; }  // lives as long as this object
  const std::vector<std::string>& log_lines() const { return log_lines_; }

 private:
  static FakeHost& self(const gh_host* host) { return *static_cast<FakeHost*>(host->ctx); }
  static void log(const gh_host* host, std::uint32_t, gh_str line) noexcept {
    self(host).log_lines_.emplace_back(view(line));
  }
  static const void* extension(const gh_host*, const char* interface_id) noexcept {
    static constexpr gh_counters counters = {sizeof(gh_counters), 0, add};
    return std::string_view(interface_id) == GH_COUNTERS_1 ? &counters : nullptr;
  }
  static gh_status add(const gh_host* host, gh_str name, std::int64_t delta, std::int64_t* now) noexcept {
    std::int64_t& counter = self(host).counters_[std::string(view(name))];
    counter += delta;
    if (now != nullptr) *now = counter;
    return GH_OK;
  }

  std::vector<std::string> log_lines_;
  std::map<std::string, std::int64_t> counters_;
  const gh_host raw_ = {sizeof(gh_host), GH_ABI_MINOR, this, log, extension};
};

}  // namespace gatehouse::testing
