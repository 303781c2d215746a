#include "conformance/checks/unloading.h"

#include <unistd.h>

#include <exception>
#include <future>
#include <thread>

#include "conformance/exchange.h"
#include "conformance/plugin.h"
#include "modules/abi/image.h"
#include "modules/staging/leftovers.h"
#include "modules/staging/staging.h"

namespace gatehouse::conformance {

namespace {

void use(const std::shared_ptr<modules::Module>& module, const CheckedPlugin& checked) {
  for (const modules::Component& component : components(module)) {
    Memory memory;
    exercise(*create(component, checked, memory), memory);
  }
}

void skip_if_it_may_stay(const modules::Module& module) {
  if (module.resident()) skip("it asks never to be unloaded, or GATEHOUSE_KEEP_MODULES says so");
}

void expect_gone(const std::filesystem::path& file) {
  if (modules::is_mapped(file)) fail("it stays in memory: " + modules::why_it_stays(file));
}

// A folder for copies that may be executed; deleted at the end.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "gatehouse-check-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) skip("no folder for copies could be made in " + name);
    path_ = name;
  }
  ~Folder() {
    std::error_code gone;
    std::filesystem::remove_all(path_, gone);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::shared_ptr<modules::Module> load_copy(modules::Staging& staging, const CheckedPlugin& checked) {
  auto copy = staging.stage(checked.file);
  if (!copy.ok()) skip(std::string(copy.status().message()));
  doing("loading a copy");
  auto module = modules::load_copy(*std::move(copy), "a copy of the file");
  if (!module.ok()) fail(std::string(module.status().message()));
  return *std::move(module);
}

}  // namespace

void is_gone_once_unloaded(const CheckedPlugin& checked) {
  std::promise<void> used, unloaded;
  std::exception_ptr thrown;
  auto module = load(checked);
  skip_if_it_may_stay(*module);
  std::thread caller([&] {
    try {
      use(module, checked);
    } catch (...) {
      thrown = std::current_exception();
    }
    used.set_value();
    unloaded.get_future().wait();
  });
  used.get_future().wait();
  doing("unloading");
  module.reset();
  const bool stays = modules::is_mapped(checked.file);
  unloaded.set_value();
  caller.join();
  if (thrown) std::rethrow_exception(thrown);
  if (stays) fail("it stays in memory: " + modules::why_it_stays(checked.file));
}

void can_be_loaded_again(const CheckedPlugin& checked) {
  for (int round = 0; round < 3; ++round) {
    const auto module = load(checked);
    skip_if_it_may_stay(*module);
    use(module, checked);
  }
  expect_gone(checked.file);
}

void lives_beside_a_copy(const CheckedPlugin& checked) {
  const Folder folder;
  auto staging = modules::Staging::open(folder.path());
  if (!staging.ok()) skip(std::string(staging.status().message()));
  auto older = load_copy(**staging, checked);
  const auto newer = load_copy(**staging, checked);
  const auto first = [](const modules::Module& module) {
    const std::lock_guard lock(module.serial());
    return module.component(0);
  };
  if (first(*older) == first(*newer)) fail("both copies have the same component");
  use(older, checked);
  use(newer, checked);
  const bool may_stay = older->resident();
  const std::filesystem::path path = older->path();
  doing("unloading");
  older.reset();
  if (!may_stay) expect_gone(path);
  use(newer, checked);
}

}  // namespace gatehouse::conformance
