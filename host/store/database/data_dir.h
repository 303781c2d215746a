// The folder for what the gateway keeps: made here, and held by one gateway at a time. One thread at a time.
#pragma once

#include <chrono>
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
  // Waits so long for a gateway that is about to end. REQUIRES: the folder exists. config: another gateway has it.
  static core::Result<DataDirLock> take(const std::string& folder, std::chrono::milliseconds wait = {});
  // That of a gateway which hands it over: held as long as either process holds its descriptor.
  static DataDirLock inherited(core::Descriptor file) { return DataDirLock(std::move(file)); }
  int fd() const { return file_.get(); }  // for handing it over

 private:
  explicit DataDirLock(core::Descriptor file) : file_(std::move(file)) {}

  core::Descriptor file_;
};

}  // namespace gatehouse::store
