// What `gatehouse plugin check` looks at. A check is a name, one sentence that is true of a good plugin, and a function
// that finds out, in a process of its own. It passes by returning, and ends early by throwing its Finding, as fail()
// and skip() do. Values; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

// The plugin that is checked, as the operator names it.
struct CheckedPlugin {
  std::filesystem::path file;  // absolute
  std::string config = "{}";   // a JSON object
  bool configured = false;     // the operator gave that configuration
};

struct Finding {
  enum class Kind {
    passed,
    failed,
    skipped,  // could not be checked
    absent,   // the plugin has nothing to check
  };
  Kind kind = Kind::passed;
  std::string why;  // empty if passed
};

struct Check {
  std::string_view name;  // group.name
  std::string_view says;
  void (*run)(const CheckedPlugin& checked);

  std::string_view group() const { return name.substr(0, name.find('.')); }
};

[[noreturn]] inline void fail(std::string why) { throw Finding{Finding::Kind::failed, std::move(why)}; }
[[noreturn]] inline void skip(std::string why) { throw Finding{Finding::Kind::skipped, std::move(why)}; }
[[noreturn]] inline void nothing_to_check() { throw Finding{Finding::Kind::absent, {}}; }

// The groups, a file each.
std::vector<Check> file_checks();
std::vector<Check> load_checks();
std::vector<Check> life_checks();
std::vector<Check> memory_checks();
std::vector<Check> codec_checks();
std::vector<Check> local_checks();
std::vector<Check> policy_checks();
std::vector<Check> sink_checks();

}  // namespace gatehouse::conformance
