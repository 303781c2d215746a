// Every plugin can be loaded, configured twice, destroyed and unloaded, again and again, and leaves
// nothing of its code behind.
#include <gtest/gtest.h>

#include "loaded_sink.h"

namespace gatehouse::testing {
namespace {

struct Plugin {
  const char* name;
  const char* config;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // a sanitizer keeps libraries mapped
#else
constexpr bool kSanitized = false;
#endif

bool is_mapped(const std::string& path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.size() > path.size() && line.compare(line.size() - path.size(), path.size(), path) == 0) return true;
  }
  return false;
}

void use(const gh_component& component, gh_instance* instance) {
  if (std::string_view(component.interface_id) != GH_LOG_SINK_1) return;
  const std::string json = record_json("r");
  const gh_log_record record = {sizeof(gh_log_record), GH_LOG_INFO, 0, str("exchange"), str("r"), str(json)};
  const gh_log_record* const batch[] = {&record};
  gh_error error{};
  error.size = sizeof error;
  EXPECT_EQ(static_cast<const gh_log_sink*>(component.vtable)->write(instance, batch, 1, &error), GH_OK)
      << error.message;
}

class Unload : public ::testing::TestWithParam<Plugin> {};

TEST_P(Unload, LeavesNothingBehind) {
  const TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const std::string path = std::string(GATEHOUSE_PLUGIN_DIR "/") + GetParam().name + ".so";
  const FakeHost host;
  for (int round = 0; round < 3; ++round) {
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    const auto entry = reinterpret_cast<const gh_module* (*)()>(::dlsym(library, "gatehouse_plugin"));
    const gh_component& component = *entry()->component(0);
    EXPECT_STREQ(component.id, GetParam().name);
    EXPECT_EQ(entry()->component(1), nullptr);
    gh_instance* instances[2] = {};
    gh_error error{};
    error.size = sizeof error;
    for (gh_instance*& instance : instances) {
      ASSERT_EQ(component.create(host.raw(), str(GetParam().config), &instance, &error), GH_OK) << error.message;
      use(component, instance);
    }
    component.destroy(instances[0]);
    use(component, instances[1]);
    component.destroy(instances[1]);
    ::dlclose(library);
    EXPECT_TRUE(kSanitized || !is_mapped(path));
  }
  std::filesystem::current_path(before);
}

INSTANTIATE_TEST_SUITE_P(, Unload,
                         ::testing::Values(Plugin{"echo", "{}"}, Plugin{"openai", "{}"}, Plugin{"require_client", "{}"},
                                           Plugin{"model_access", "{}"}, Plugin{"prompt_size", R"({"max_tokens":1})"},
                                           Plugin{"stdout", "{}"}, Plugin{"jsonl", R"({"path":"requests.jsonl"})"},
                                           Plugin{"sqlite", R"({"path":"requests.db"})"}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace gatehouse::testing
