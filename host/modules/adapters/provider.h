// Provider plugins as core's Provider: codecs, which the host does the networking for, and engines in this process.
// Thread-safe; one answer() call belongs to one exchange.
#pragma once

#include <memory>
#include <string>

#include "core/route/provider.h"
#include "modules/abi/instance.h"
#include "modules/adapters/plugin_codec.h"

namespace gatehouse::modules {

class CodecProvider final : public core::Provider {
 public:
  // REQUIRES: instance is of GH_PROVIDER_CODEC_1.
  CodecProvider(std::shared_ptr<Instance> instance, Upstream upstream)
      : instance_(std::move(instance)), upstream_(std::move(upstream)) {}

  std::string_view name() const override { return instance_->name(); }
  core::Status answer(const core::Attempt& attempt, core::ReplySink& sink) override;

 private:
  std::shared_ptr<Instance> instance_;
  Upstream upstream_;
};

class LocalProvider final : public core::Provider {
 public:
  // REQUIRES: instance is of GH_PROVIDER_LOCAL_1.
  explicit LocalProvider(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

  std::string_view name() const override { return instance_->name(); }
  core::Status answer(const core::Attempt& attempt, core::ReplySink& sink) override;

 private:
  std::shared_ptr<Instance> instance_;
};

}  // namespace gatehouse::modules
