#include "modules/abi/image.h"

#include <elf.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace gatehouse::modules {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this machine's ELF code here"
#endif

bool read_at(std::ifstream& in, std::uint64_t offset, void* to, std::size_t size) {
  in.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(in.read(static_cast<char*>(to), static_cast<std::streamsize>(size)));
}

bool is_elf64_library(const Elf64_Ehdr& head) {
  return std::memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64 &&
         head.e_ident[EI_DATA] == ELFDATA2LSB && head.e_type == ET_DYN && head.e_phentsize == sizeof(Elf64_Phdr);
}

// Whether a table or segment lies within the file.
bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

bool is_whole(std::ifstream& in, const Elf64_Ehdr& head, std::uint64_t size) {
  if (!fits(head.e_phoff, std::uint64_t{head.e_phnum} * sizeof(Elf64_Phdr), size)) return false;
  std::vector<Elf64_Phdr> segments(head.e_phnum);
  if (!read_at(in, head.e_phoff, segments.data(), segments.size() * sizeof(Elf64_Phdr))) return false;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && !fits(segment.p_offset, segment.p_filesz, size)) return false;
  }
  return true;
}

// All segments of one type, read; empty where the file has none.
std::vector<Elf64_Phdr> segments_of(std::ifstream& in, Elf64_Word type) {
  Elf64_Ehdr head;
  if (!read_at(in, 0, &head, sizeof head) || !is_elf64_library(head)) return {};
  std::vector<Elf64_Phdr> all(head.e_phnum);
  if (!read_at(in, head.e_phoff, all.data(), all.size() * sizeof(Elf64_Phdr))) return {};
  std::erase_if(all, [&](const Elf64_Phdr& segment) { return segment.p_type != type; });
  return all;
}

bool asks_never_to_be_closed(std::ifstream& in) {
  for (const Elf64_Phdr& segment : segments_of(in, PT_DYNAMIC)) {
    std::vector<Elf64_Dyn> entries(segment.p_filesz / sizeof(Elf64_Dyn));
    if (!read_at(in, segment.p_offset, entries.data(), entries.size() * sizeof(Elf64_Dyn))) return false;
    for (const Elf64_Dyn& entry : entries) {
      if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_NODELETE) != 0) return true;
    }
  }
  return false;
}

}  // namespace

core::Status check_image(const std::filesystem::path& file, const std::string& shown) {
  const auto refused = [&](const std::string& why) { return core::Status(core::Code::config, shown + " " + why); };
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file, error);
  if (error) return refused("cannot be loaded: " + error.message());
  std::ifstream in(file, std::ios::binary);
  if (!in) return refused(std::string("cannot be loaded: ") + std::strerror(errno));
  Elf64_Ehdr head;
  if (!read_at(in, 0, &head, sizeof head) || !is_elf64_library(head)) {
    return refused("is not a shared library; this gateway loads 64-bit ELF ones");
  }
  if (head.e_machine != kMachine) {
    return refused("is built for another processor (ELF machine " + std::to_string(head.e_machine) +
                   "), this gateway runs on " + std::to_string(kMachine));
  }
  if (!is_whole(in, head, size)) {
    return refused("is cut short: it has " + std::to_string(size) + " bytes, its headers speak of more; copy it again");
  }
  return {};
}

std::string why_it_stays(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (asks_never_to_be_closed(in)) return "it is linked with -z nodelete";
  in.clear();
  if (!segments_of(in, PT_TLS).empty()) {
    return "it has thread_local objects with destructors, which hold it until their threads end";
  }
  return "it exports UNIQUE symbols or another library uses it; build it with gh_add_plugin()";
}

}  // namespace gatehouse::modules
