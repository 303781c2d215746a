// The trial runs of all plugins that an assembly is about to put to use. They are begun together and as many run at
// once as there are processors, two at least; each is waited for where its plugin's turn comes. One thread.
#pragma once

#include <future>
#include <map>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>

#include "core/status.h"
#include "modules/trial/preflight.h"

namespace gatehouse::modules {

class Trials {
 public:
  explicit Trials(const Preflight& preflight);
  // ~Trials waits for those that nobody asked for.

  void begin(std::string_view kind, const std::string& name, Trial trial);
  bool begun(std::string_view kind, const std::string& name) const;
  // How it ended. REQUIRES: it was begun, and not asked for before.
  core::Status result(std::string_view kind, const std::string& name);

 private:
  const Preflight& preflight_;
  std::counting_semaphore<> seats_;
  std::map<std::pair<std::string, std::string>, std::future<core::Status>> trials_;  // by kind and name
};

}  // namespace gatehouse::modules
