// Which files are loaded, which are refused and in what words, and that what was loaded goes again.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "plugins_fixture.h"

namespace gatehouse::modules {
namespace {

// Why a plugin that should be a policy is refused; "" when it is not.
std::string refusal(const std::string& name) {
  const auto instance = create(name, GH_POLICY_1);
  if (instance.ok()) return "";
  EXPECT_EQ(instance.status().code(), core::Code::config) << name;
  return std::string(instance.status().message());
}

struct Refused {
  const char* plugin;
  std::vector<std::string> said;  // all of it, in any order
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.plugin; }

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, SaysWhatTheFileHasAndWhatTheGatewayNeeds) {
  const std::string why = refusal(GetParam().plugin);
  EXPECT_NE(why.find(plugin_file(GetParam().plugin).string()), std::string::npos) << why;
  for (const std::string& said : GetParam().said) EXPECT_NE(why.find(said), std::string::npos) << why;
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, RefusedTest,
    testing::Values(
        Refused{"absent", {"cannot be loaded: ", "No such file"}},
        Refused{"text", {"is not a shared library", "this gateway loads 64-bit ELF"}},
        Refused{"empty", {"is not a shared library"}}, Refused{"truncated", {"is cut short: it has 2000 bytes"}},
        Refused{"other_machine", {"another processor", "this gateway runs on"}},
        Refused{"missing_symbol", {"cannot be loaded: ", "undefined symbol: gatehouse_nowhere"}},
        Refused{"no_symbol", {"has no symbol gatehouse_plugin", "this gateway calls"}},
        Refused{"null_module", {"returns no module table", "this gateway needs"}},
        Refused{"wrong_magic", {"its table begins with 7", "this gateway expects " + std::to_string(GH_ABI_MAGIC)}},
        Refused{"wrong_major", {"speaks plugin ABI 99, this gateway speaks 1"}},
        Refused{"needs_newer", {"needs plugin ABI 1.7, this gateway has 1.3"}},
        Refused{"short_module", {"module table of 16 bytes, this gateway needs 40"}},
        Refused{"null_component_slot", {"slot gh_module.component NULL", "this gateway needs"}},
        Refused{"no_component", {"offers no component, this gateway needs", "gatehouse.policy/1"}},
        Refused{"same_ids", {"two components with the id \"not_empty\""}},
        Refused{"bad_id", {"component with the id \"Not well formed\"", "this gateway takes"}},
        Refused{"unknown_interface", {"not_empty (gatehouse.policy/9), this gateway needs", "gatehouse.policy/1"}},
        Refused{"codec", {"test_codec (gatehouse.provider.codec/1), this gateway needs", "gatehouse.policy/1"}},
        Refused{"null_table", {"slot gh_component.vtable of component \"not_empty\" NULL"}},
        Refused{"null_create", {"slot gh_component.create of component \"not_empty\" NULL"}},
        Refused{"null_on_request", {"slot gh_policy.on_request of component \"not_empty\" NULL"}},
        Refused{"null_end", {"slot gh_policy.end of component \"not_empty\" NULL"}},
        Refused{"null_on_chunk", {"slot gh_policy.on_chunk of component \"not_empty\" NULL"}}),
    [](const auto& test) { return std::string(test.param.plugin); });

class AcceptedTest : public testing::TestWithParam<const char*> {};

TEST_P(AcceptedTest, LoadsAsAPolicy) { EXPECT_EQ(refusal(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(Plugins, AcceptedTest,
                         testing::Values("c", "older_sdk", "newer_sdk", "resident", "throwing_policy"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Component, IsDescribedByCopies) {
  auto component = find("c", GH_POLICY_1);
  ASSERT_TRUE(component.ok());
  EXPECT_EQ(component->id, "not_empty");
  EXPECT_EQ(component->interface_id, GH_POLICY_1);
  EXPECT_EQ(component->version, "1.0.0");
  EXPECT_EQ(component->summary, "Denies an empty prompt");
  EXPECT_EQ(component->module->build(), "C");
}

TEST(Component, FromAnOlderSdkLacksWhatItDoesNotHave) {
  auto component = find("older_sdk", GH_POLICY_1);
  ASSERT_TRUE(component.ok());
  EXPECT_EQ(std::get<gh_policy>(component->table).on_response, nullptr);
}

TEST(Instance, WritesToTheDiagnosticLogUnderItsName) {
  LogLines log;
  auto component = find("c", GH_POLICY_1);
  ASSERT_TRUE(component.ok());
  ASSERT_TRUE(Instance::create(*std::move(component), "first", "{}", log.writer()).ok());
  EXPECT_EQ(log.lines, std::vector<std::string>{"first: made"});
}

TEST(Instance, SurvivesAnErrorThatIsNoText) {
  const auto refused = create("bad_error", GH_POLICY_1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), core::Code::config);
  EXPECT_EQ(refused.status().message(), "bad_error: " + std::string(sizeof(gh_error::message) - 1, '?'));
  EXPECT_EQ(refused.status().failure().http_status, 0);
}

TEST(Instance, CountsAnUnknownStatusAsInternal) {
  const auto refused = create("unknown_status", GH_POLICY_1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), core::Code::internal);
}

bool mapped(const std::string& name) {
  std::ifstream maps("/proc/self/maps");
  std::stringstream all;
  all << maps.rdbuf();
  return all.str().find("/" + name + ".so\n") != std::string::npos;
}

#ifdef ABI_SANITIZED
// A leak checker must find what a module has allocated for good, such as the exception pool of a
// static libstdc++, still in use.
const int kept_for_the_leak_checker = ::setenv("GATEHOUSE_KEEP_MODULES", "1", 1);
#endif

bool kept_anyway() { return std::getenv("GATEHOUSE_KEEP_MODULES") != nullptr; }

class UnmapTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(UnmapTest, GoesWithItsLastInstance) {
  if (kept_anyway()) GTEST_SKIP() << "modules stay mapped in this build";
  const auto& [name, interface_id] = GetParam();
  {
    const auto instance = create(name, interface_id);
    ASSERT_TRUE(instance.ok()) << instance.status().message();
    EXPECT_TRUE(mapped(name));
  }
  EXPECT_FALSE(mapped(name));
}

INSTANTIATE_TEST_SUITE_P(Plugins, UnmapTest,
                         testing::Values(std::pair("c", GH_POLICY_1), std::pair("codec", GH_PROVIDER_CODEC_1),
                                         std::pair("codec_O0", GH_PROVIDER_CODEC_1),
                                         std::pair("codec_O3", GH_PROVIDER_CODEC_1),
                                         std::pair("codec_cpp17", GH_PROVIDER_CODEC_1),
                                         std::pair("codec_static", GH_PROVIDER_CODEC_1),
                                         std::pair("codec_clang", GH_PROVIDER_CODEC_1),
                                         std::pair("rust", GH_PROVIDER_LOCAL_1), std::pair("sink", GH_LOG_SINK_1)),
                         [](const auto& test) { return std::string(test.param.first); });

TEST(Module, IsUnmappedAlsoWhenItIsRefused) {
  if (kept_anyway()) GTEST_SKIP() << "modules stay mapped in this build";
  ASSERT_FALSE(create("wrong_major", GH_POLICY_1).ok());
  EXPECT_FALSE(mapped("wrong_major"));
}

TEST(Module, StaysWhenItAsksTo) {
  { ASSERT_TRUE(create("resident", GH_POLICY_1).ok()); }
  EXPECT_TRUE(mapped("resident"));
}

TEST(Module, StaysWhenAllDo) {
  const bool all_tests_keep = kept_anyway();
  ::setenv("GATEHOUSE_KEEP_MODULES", "1", 1);
  { ASSERT_TRUE(create("newer_sdk", GH_POLICY_1).ok()); }
  EXPECT_TRUE(mapped("newer_sdk"));
  if (!all_tests_keep) ::unsetenv("GATEHOUSE_KEEP_MODULES");
}

TEST(Module, CopiesAreIsolatedFromOneAnother) {
  // Two copies of one file stand for two versions: each must have statics of its own.
  const auto copy = plugin_file("codec").parent_path() / "codec_copy.so";
  std::filesystem::copy_file(plugin_file("codec"), copy, std::filesystem::copy_options::overwrite_existing);
  const auto first = Module::load(plugin_file("codec"));
  const auto second = Module::load(copy);
  ASSERT_TRUE(first.ok() && second.ok());
  const std::lock_guard lock((*first)->serial());
  EXPECT_NE((*first)->component(0), (*second)->component(0));
}

}  // namespace
}  // namespace gatehouse::modules
