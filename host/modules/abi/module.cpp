#include "modules/abi/module.h"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <cstdlib>
#include <string_view>
#include <vector>

#include "modules/abi/image.h"
#include "modules/abi/plugin_text.h"

namespace gatehouse::modules {

// Never copied: a copy would open the file again, with other flags.
struct Module::Library {
  boost::dll::shared_library image;
};

namespace {

constexpr const char* kEntry = "gatehouse_plugin";
constexpr std::size_t kTableSize = sizeof(gh_module);  // of ABI 1.0: no field has been added since

std::mutex& loader() {
  static std::mutex mutex;
  return mutex;
}

core::Status refused(const std::string& file, const std::string& why) { return {core::Code::config, file + " " + why}; }

// The loader's reason, without the beginning of its message, which names the file once more.
std::string reason_of(const std::exception& error) {
  const std::string_view all = error.what();
  constexpr std::string_view mark = "dlerror system message: ";
  const auto begin = all.find(mark);
  if (begin == std::string_view::npos) return std::string(all);
  const auto end = all.rfind("): ");
  return std::string(all.substr(begin + mark.size(), end == std::string_view::npos ? end : end - begin - mark.size()));
}

std::string version(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

// Reads the table's four fields that never move before it relies on the rest.
core::Status check(const std::string& file, const gh_module* table) {
  if (table == nullptr) return refused(file, "returns no module table; this gateway needs one");
  if (table->magic != GH_ABI_MAGIC) {
    return refused(file, "is not a Gatehouse plugin: its table begins with " + std::to_string(table->magic) +
                             ", this gateway expects " + std::to_string(GH_ABI_MAGIC));
  }
  if (table->abi_major != GH_ABI_MAJOR) {
    return refused(file, "speaks plugin ABI " + std::to_string(table->abi_major) + ", this gateway speaks " +
                             std::to_string(GH_ABI_MAJOR) + "; build it with this gateway's SDK");
  }
  if (table->size < kTableSize) {
    return refused(file, "has a module table of " + std::to_string(table->size) + " bytes, this gateway needs " +
                             std::to_string(kTableSize));
  }
  if (table->required_minor > GH_ABI_MINOR) {
    return refused(file, "needs plugin ABI " + version(table->abi_major, table->required_minor) +
                             ", this gateway has " + version(GH_ABI_MAJOR, GH_ABI_MINOR) + "; update the gateway");
  }
  if (table->component == nullptr)
    return refused(file, "leaves the slot gh_module.component NULL, which this gateway needs");
  return {};
}

// See Module::kept_because().
std::string why_kept(const gh_module& table) {
  const char* keep = std::getenv("GATEHOUSE_KEEP_MODULES");
  if (keep != nullptr && std::string_view(keep) == "1") return "GATEHOUSE_KEEP_MODULES is set";
  return (table.flags & GH_MODULE_RESIDENT) != 0 ? "it asked never to be unloaded" : "";
}

}  // namespace

Module::Module(std::string file, std::filesystem::path path, std::shared_ptr<const void> keeps,
               std::unique_ptr<Library> library, const gh_module* table)
    : file_(std::move(file)),
      path_(std::move(path)),
      keeps_(std::move(keeps)),
      library_(std::move(library)),
      table_(table),
      build_(plugin_text(table->build, 128)),
      kept_because_(why_kept(*table)) {}

core::Result<std::shared_ptr<Module>> Module::load(const std::filesystem::path& file, std::string shown,
                                                   std::shared_ptr<const void> keeps) {
  if (shown.empty()) shown = file.string();
  GH_TRY(check_image(file, shown));
  const std::lock_guard lock(loader());
  auto library = std::make_unique<Library>();
  const gh_module* table = nullptr;
  try {
    // Absolute, so that the loader does not search for it.
    library->image.load(std::filesystem::absolute(file),
                        boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    return refused(shown, "cannot be loaded: " + reason_of(error));
  }
  if (!library->image.has(kEntry)) {
    return refused(shown, std::string("has no symbol ") + kEntry + ", which this gateway calls first; is it a plugin?");
  }
  table = library->image.get<const gh_module*() GH_NOEXCEPT>(kEntry)();
  GH_TRY(check(shown, table));
  return std::shared_ptr<Module>(new Module(std::move(shown), file, std::move(keeps), std::move(library), table));
}

Module::~Module() {
  const std::lock_guard lock(loader());
  if (resident()) {
    // Kept reachable for ever, so that a leak checker sees an owner.
    static auto& kept = *new std::vector<std::unique_ptr<Library>>;
    kept.push_back(std::move(library_));
  }
  library_.reset();
}

}  // namespace gatehouse::modules
