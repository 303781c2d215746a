// Modules that are still mapped although nothing uses them any more, and why. They cost memory and do no other harm,
// as a new version has a name of its own. Thread-safe.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace gatehouse::modules {

struct Leftover {
  std::string file;    // as the operator knows it
  std::string sha256;  // of that version
  std::string why;
};

// Whether the dynamic linker has this file loaded.
bool is_mapped(const std::filesystem::path& file);

class Leftovers {
 public:
  void add(Leftover leftover, std::filesystem::path copy);
  // The modules that are mapped now. A module that was unmapped after all is forgotten, and its copy deleted.
  std::vector<Leftover> list();

 private:
  struct Entry {
    Leftover leftover;
    std::filesystem::path copy;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace gatehouse::modules
