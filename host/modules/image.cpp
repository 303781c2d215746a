#include "modules/image.h"

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

}  // namespace

core::Status check_image(const std::filesystem::path& file) {
  const auto refused = [&](const std::string& why) {
    return core::Status(core::Code::config, file.string() + " " + why);
  };
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

}  // namespace gatehouse::modules
