// The folder for what the gateway keeps: made here, and held by one gateway at a time. One thread at a time.
#pragma once

#include <string>

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
  DataDirLock(DataDirLock&& other) noexcept;
  DataDirLock& operator=(DataDirLock&& other) noexcept;
  ~DataDirLock();

 private:
  explicit DataDirLock(int file) : file_(file) {}

  int file_ = -1;
};

}  // namespace gatehouse::store
