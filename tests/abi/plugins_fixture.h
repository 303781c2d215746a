// What the tests of plugins share: the way from a file's name to an instance.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/padded_bytes.h"
#include "core/request/chat_request.h"
#include "modules/abi/instance.h"

namespace gatehouse::modules {

inline std::filesystem::path plugin_file(const std::string& name) {
  return std::filesystem::path(ABI_PLUGINS) / (name + ".so");
}

struct LogLines {
  std::mutex mutex;
  std::vector<std::string> lines;
  DiagnosticLog writer() {
    return [this](std::string_view instance, std::uint32_t, std::string_view line) {
      const std::lock_guard lock(mutex);
      lines.push_back(std::string(instance) + ": " + std::string(line));
    };
  }
};

inline core::Result<Component> find(const std::string& name, std::string_view interface_id) {
  const auto module = Module::load(plugin_file(name));
  if (!module.ok()) return module.status();
  return Component::find(*module, {interface_id}, name);
}

inline core::Result<std::shared_ptr<Instance>> create(const std::string& name, std::string_view interface_id,
                                                      std::string_view config = "{}") {
  static LogLines log;
  auto component = find(name, interface_id);
  if (!component.ok()) return component.status();
  return Instance::create(*std::move(component), name, config, log.writer());
}

// A parsed request and the view of it that plugins are shown.
class TestRequest {
 public:
  explicit TestRequest(std::string_view json) : request_(*core::ChatRequest::parse(core::PaddedBytes(json))) {}
  core::RequestView view() const {
    return {request_, "gw-req-1", "client-1", "alias-1", "model-1", request_.json(), 5};
  }

 private:
  core::ChatRequest request_;
};

}  // namespace gatehouse::modules
