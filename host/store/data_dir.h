// The folder for what the gateway keeps: made here, and held by one gateway at a time. One thread at a time.
#pragma once

#include <string>
#include <utility>

#include "core/descriptor.h"
#include "core/status.h"

namespace gatehouse::store {

// Makes the folder when there is none; only its owner may read it.
core::Status make_data_dir(const std::string& folder);

// Two gateways on one folder would overwrite each other's balances. The lock is held until it is destroyed or the
// process ends in whatever way. Move-only.
class DataDirLock {
 public:
  DataDirLock() = default;  // of nothing
  // REQUIRES: the folder exists. config: another gateway has it.
  static core::Result<DataDirLock> take(const std::string& folder);

 private:
  explicit DataDirLock(core::Descriptor file) : file_(std::move(file)) {}

  core::Descriptor file_;
};

}  // namespace gatehouse::store
