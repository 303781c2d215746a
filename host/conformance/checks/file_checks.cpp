// The file as it lies there: what is wrong with it before anything of it has run.
#include "conformance/check.h"
#include "conformance/elf_file.h"
#include "modules/abi/image.h"

namespace gatehouse::conformance {

namespace {

constexpr std::string_view kBuild = "; build it with gh_add_plugin(), or give the linker the SDK's export.map";

// A file that is no library has nothing more to check.
ElfFile library(const CheckedPlugin& checked) {
  if (!modules::check_image(checked.file, {}).ok()) skip("it is no library");
  return ElfFile(checked.file);
}

void is_a_library(const CheckedPlugin& checked) {
  const core::Status status = modules::check_image(checked.file, "the file");
  if (!status.ok()) fail(std::string(status.message()));
}

void exports_one_symbol(const CheckedPlugin& checked) {
  std::string others;
  bool entry = false;
  for (const ElfSymbol& symbol : library(checked).exported()) {
    if (symbol.name == "gatehouse_plugin")
      entry = true;
    else
      others += (others.empty() ? "" : ", ") + symbol.name;
  }
  if (!entry) fail("it does not export gatehouse_plugin");
  if (!others.empty()) fail("it also exports " + others + std::string(kBuild));
}

void has_no_unique_symbol(const CheckedPlugin& checked) {
  std::string unique;
  for (const ElfSymbol& symbol : library(checked).exported()) {
    if (symbol.unique) unique += (unique.empty() ? "" : ", ") + symbol.name;
  }
  if (!unique.empty()) fail("UNIQUE are " + unique + std::string(kBuild));
}

void has_no_text_relocations(const CheckedPlugin& checked) {
  if (library(checked).has_text_relocations()) fail("it has some; compile it with -fPIC");
}

void has_no_executable_stack(const CheckedPlugin& checked) {
  if (library(checked).has_executable_stack()) fail("it asks for one; link it with -z noexecstack");
}

void can_be_closed(const CheckedPlugin& checked) {
  if (library(checked).is_never_closed()) fail("it is linked with -z nodelete");
}

void needs_libraries_by_name(const CheckedPlugin& checked) {
  for (const std::string& name : library(checked).needed()) {
    if (name.find('/') != std::string::npos)
      fail("it needs " + name + " at that very place; link it by its name, or statically");
  }
}

}  // namespace

std::vector<Check> file_checks() {
  return {
      {"file.library", "It is a whole library for this processor.", is_a_library},
      {"file.one_symbol", "It exports gatehouse_plugin and nothing else.", exports_one_symbol},
      {"file.no_unique", "It has no UNIQUE symbol, which two versions of it would share.", has_no_unique_symbol},
      {"file.no_text_relocations", "Its code needs no change when it is loaded.", has_no_text_relocations},
      {"file.no_executable_stack", "It does not make the gateway's stack executable.", has_no_executable_stack},
      {"file.closes", "It is not linked to stay for ever.", can_be_closed},
      {"file.needs", "It needs other libraries by their names, not by a place.", needs_libraries_by_name},
  };
}

}  // namespace gatehouse::conformance
