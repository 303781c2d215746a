// Plugins' own lines in the gateway's diagnostic log. Functions without state; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace gatehouse::modules {

// A DiagnosticLog.
void log_plugin_line(std::string_view instance, std::uint32_t level, std::string_view line);

}  // namespace gatehouse::modules
