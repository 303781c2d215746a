#include "conformance/elf_file.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace gatehouse::conformance {

ElfFile::ElfFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  bytes_.assign(std::istreambuf_iterator<char>(in), {});
  if (bytes_.size() >= sizeof head_) std::memcpy(&head_, bytes_.data(), sizeof head_);
}

template <class T>
std::vector<T> ElfFile::table(std::uint64_t offset, std::uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) return {};
  std::vector<T> all(size / sizeof(T));
  if (!all.empty()) std::memcpy(all.data(), bytes_.data() + offset, all.size() * sizeof(T));
  return all;
}

std::vector<Elf64_Phdr> ElfFile::segments() const {
  return table<Elf64_Phdr>(head_.e_phoff, std::uint64_t{head_.e_phnum} * sizeof(Elf64_Phdr));
}

std::vector<Elf64_Shdr> ElfFile::sections() const {
  return table<Elf64_Shdr>(head_.e_shoff, std::uint64_t{head_.e_shnum} * sizeof(Elf64_Shdr));
}

std::vector<Elf64_Dyn> ElfFile::dynamic() const {
  for (const Elf64_Phdr& segment : segments()) {
    if (segment.p_type == PT_DYNAMIC) return table<Elf64_Dyn>(segment.p_offset, segment.p_filesz);
  }
  return {};
}

std::string ElfFile::text(const Elf64_Shdr& strings, std::uint64_t at) const {
  const std::vector<char> all = table<char>(strings.sh_offset, strings.sh_size);
  if (at >= all.size()) return {};
  return std::string(all.data() + at, ::strnlen(all.data() + at, all.size() - at));
}

std::vector<ElfSymbol> ElfFile::exported() const {
  std::vector<ElfSymbol> found;
  const std::vector<Elf64_Shdr> all = sections();
  for (const Elf64_Shdr& section : all) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= all.size()) continue;
    for (const Elf64_Sym& symbol : table<Elf64_Sym>(section.sh_offset, section.sh_size)) {
      const auto bind = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || bind == STB_LOCAL) continue;
      found.push_back({text(all[section.sh_link], symbol.st_name), bind == STB_GNU_UNIQUE});
    }
  }
  return found;
}

std::vector<std::string> ElfFile::needed() const {
  std::vector<std::string> found;
  const std::vector<Elf64_Shdr> all = sections();
  const auto section = std::find_if(all.begin(), all.end(), [](const auto& s) { return s.sh_type == SHT_DYNAMIC; });
  if (section == all.end() || section->sh_link >= all.size()) return found;
  for (const Elf64_Dyn& entry : dynamic()) {
    if (entry.d_tag == DT_NEEDED) found.push_back(text(all[section->sh_link], entry.d_un.d_val));
  }
  return found;
}

bool ElfFile::has_text_relocations() const {
  const std::vector<Elf64_Dyn> entries = dynamic();
  return std::any_of(entries.begin(), entries.end(), [](const Elf64_Dyn& entry) {
    return entry.d_tag == DT_TEXTREL || (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0);
  });
}

bool ElfFile::has_executable_stack() const {
  const std::vector<Elf64_Phdr> all = segments();
  return std::any_of(all.begin(), all.end(), [](const Elf64_Phdr& segment) {
    return segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X) != 0;
  });
}

bool ElfFile::is_never_closed() const {
  const std::vector<Elf64_Dyn> entries = dynamic();
  return std::any_of(entries.begin(), entries.end(), [](const Elf64_Dyn& entry) {
    return entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_NODELETE) != 0;
  });
}

}  // namespace gatehouse::conformance
