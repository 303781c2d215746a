// What the gateway offers a plugin's configured instance, from its construction to its destruction.
// Take it as the constructor's second argument, after the Config, and keep a copy. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include <gatehouse/views.hpp>

namespace gatehouse {

class Host {
 public:
  explicit Host(const gh_host& raw) : raw_(&raw) {}
  // A line for the gateway's diagnostic log; level is GH_LOG_…
  void log(std::uint32_t level, std::string_view line) const { raw_->log(raw_, level, str(line)); }
  // A further table of functions by interface id, or nullptr where this gateway has none.
  const void* extension(const char* interface_id) const { return raw_->extension(raw_, interface_id); }

 private:
  const gh_host* raw_;
};

}  // namespace gatehouse
