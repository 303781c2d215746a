// The dynamic symbols, segments and flags of an ELF library, read without loading it. Tables that the headers promise
// and the file lacks are left out. A value; any thread.
#pragma once

#include <elf.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::conformance {

struct ElfSymbol {
  std::string name;
  bool unique = false;  // shared by all versions of a library that have it
};

class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& file);  // empty when it cannot be read

  std::vector<ElfSymbol> exported() const;
  std::vector<std::string> needed() const;  // other libraries
  bool has_text_relocations() const;
  bool has_executable_stack() const;
  bool is_never_closed() const;

 private:
  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t size) const;
  std::vector<Elf64_Phdr> segments() const;
  std::vector<Elf64_Dyn> dynamic() const;
  std::vector<Elf64_Shdr> sections() const;
  std::string text(const Elf64_Shdr& strings, std::uint64_t at) const;

  std::string bytes_;
  Elf64_Ehdr head_{};
};

}  // namespace gatehouse::conformance
