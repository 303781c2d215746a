// The database of a test's folder, and waiting for what another thread writes into it. For one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "store/database/database.h"

namespace gatehouse::store {

inline std::unique_ptr<Database> open_database(const std::string& data_dir) {
  auto database = Database::open(data_dir);
  EXPECT_TRUE(database.ok()) << database.status().message();
  return *std::move(database);
}

// True as soon as the condition holds; false after ten seconds in which it never did.
template <class Condition>
bool eventually(const Condition& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

}  // namespace gatehouse::store
