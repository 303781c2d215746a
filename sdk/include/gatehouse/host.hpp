// What the gateway offers a plugin's configured instance, from its construction to its destruction.
// Take it as the constructor's second argument, after the Config, and keep a copy. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include <gatehouse/error.hpp>
#include <gatehouse/views.hpp>

namespace gatehouse {

class Host {
 public:
  explicit Host(const gh_host& raw) : raw_(&raw) {}
  // A line for the gateway's diagnostic log; level is GH_LOG_…
  void log(std::uint32_t level, std::string_view line) const { raw_->log(raw_, level, str(line)); }
  // Whether this instance is only tried: it should refuse what it cannot work with, and change nothing outside of
  // itself. Open files for writing, and connections, where this is false.
  bool on_trial() const { return extension(GH_TRIAL_1) != nullptr; }
  // A further table of functions by interface id, or nullptr where this gateway has none.
  const void* extension(const char* interface_id) const { return raw_->extension(raw_, interface_id); }

 private:
  friend class Counters;
  const gh_host* raw_;
};

// Numbers by name that the gateway keeps: every version of a configured plugin has the same ones, so
// they survive swaps. Any thread.
class Counters {
 public:
  // Throws where the gateway has none, which then refuses the plugin.
  explicit Counters(Host host) : host_(host), table_(static_cast<const gh_counters*>(host.extension(GH_COUNTERS_1))) {
    if (table_ == nullptr) throw Error(GH_ECONFIG, "this plugin needs a gateway with " GH_COUNTERS_1);
  }
  // The counter's value with delta added. One that nobody has added to is 0.
  std::int64_t add(std::string_view name, std::int64_t delta = 1) const {
    std::int64_t now = 0;
    const gh_status status = table_->add(host_.raw_, str(name), delta, &now);
    if (status != GH_OK) throw Error(status, "the gateway keeps no counter of this name");
    return now;
  }

 private:
  Host host_;
  const gh_counters* table_;
};

}  // namespace gatehouse
