// Files that say what a test's subject must say, to the byte. After a change that is meant, run the test
// with GATEHOUSE_UPDATE_GOLDEN=1 and read the difference. For one thread.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace gatehouse::testing {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The path of a file of this folder's golden/.
inline std::string golden(const std::string& name) { return GATEHOUSE_GOLDEN_DIR "/" + name; }

inline void expect_golden(const std::string& name, const std::string& actual) {
  if (std::getenv("GATEHOUSE_UPDATE_GOLDEN") != nullptr) std::ofstream(golden(name), std::ios::binary) << actual;
  EXPECT_EQ(actual, read_file(golden(name)));
}

}  // namespace gatehouse::testing
