#include "modules/staging/leftovers.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "core/text/identifier.h"

namespace gatehouse::modules {
namespace {

namespace fs = std::filesystem;

// A library of this test's own, loaded as long as it says.
class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() : copy_(fs::temp_directory_path() / ("leftovers_test." + core::random_hex(8) + ".so")) {
    fs::copy_file(ECHO_PLUGIN, copy_);
  }
  ~LeftoversTest() override {
    std::error_code gone;
    fs::remove(copy_, gone);
  }

  const fs::path copy_;
};

TEST_F(LeftoversTest, AFileIsMappedFromItsLoadingToItsUnloading) {
  EXPECT_FALSE(is_mapped(copy_));
  void* library = ::dlopen(copy_.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  EXPECT_TRUE(is_mapped(copy_));
  ::dlclose(library);
  EXPECT_FALSE(is_mapped(copy_));
}

TEST_F(LeftoversTest, ALeftoverIsListedWhileItIsMappedAndItsCopyGoesWithIt) {
  void* library = ::dlopen(copy_.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  Leftovers leftovers;
  leftovers.add({.file = "echo.so", .sha256 = "00", .why = "somebody holds it"}, copy_);
  const std::vector<Leftover> mapped = leftovers.list();
  ASSERT_EQ(mapped.size(), 1u);
  EXPECT_EQ(mapped[0].why, "somebody holds it");
  EXPECT_TRUE(fs::exists(copy_));
  ::dlclose(library);
  EXPECT_TRUE(leftovers.list().empty());
  EXPECT_FALSE(fs::exists(copy_));
}

}  // namespace
}  // namespace gatehouse::modules
