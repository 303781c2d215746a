#include "modules/abi/plugin_log.h"

#include <Poco/Logger.h>
#include <gatehouse/abi.h>

#include <string>

namespace gatehouse::modules {

void log_plugin_line(std::string_view instance, std::uint32_t level, std::string_view line) {
  Poco::Logger& logger = Poco::Logger::get("gatehouse.plugin");
  const std::string text = std::string(instance).append(": ").append(line);
  switch (level) {
    case GH_LOG_DEBUG: return logger.debug(text);
    case GH_LOG_INFO: return logger.information(text);
    case GH_LOG_WARNING: return logger.warning(text);
    default: return logger.error(text);
  }
}

}  // namespace gatehouse::modules
