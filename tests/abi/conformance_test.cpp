// `gatehouse plugin check` passes every plugin that is shipped, and finds in each bad one what is wrong with it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "conformance/checks/run.h"

namespace gatehouse::conformance {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

Runner runner() {
  Runner runner;
  runner.program = GATEHOUSE_BINARY;
  runner.time_limit = std::chrono::seconds(90);  // for loaded machines
  return runner;
}

std::string name_of(const std::string& text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

struct Good {
  const char* file;
  const char* config = nullptr;  // FOLDER stands for one that may be written to
};

std::ostream& operator<<(std::ostream& out, const Good& good) { return out << good.file; }

// A plugin by one group of checks.
class GoodPlugin : public testing::TestWithParam<std::tuple<Good, const char*>> {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "conformance-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  CheckedPlugin checked(const Good& good) const {
    CheckedPlugin checked;
    checked.file = fs::canonical(good.file);
    if (good.config == nullptr) return checked;
    checked.config = good.config;
    checked.configured = true;
    if (const auto at = checked.config.find("FOLDER"); at != std::string::npos)
      checked.config.replace(at, 6, folder_.string());
    return checked;
  }

 private:
  fs::path folder_;
};

TEST_P(GoodPlugin, PassesEveryCheck) {
  const auto& [good, group] = GetParam();
  const CheckedPlugin plugin = checked(good);
  for (const Check& check : all_checks()) {
    if (check.group() != group) continue;
    const Finding finding = runner().one(plugin, check.name);
    EXPECT_TRUE(finding.kind == Kind::passed || finding.kind == Kind::absent) << check.name << ": " << finding.why;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shipped, GoodPlugin,
    testing::Combine(testing::Values(Good{PLUGINS "/echo.so"}, Good{PLUGINS "/openai.so"},
                                     Good{PLUGINS "/anthropic.so"}, Good{PLUGINS "/gemini.so"},
                                     Good{PLUGINS "/ollama.so"}, Good{PLUGINS "/require_client.so"},
                                     Good{PLUGINS "/model_access.so", R"({"disabled":["legacy-chat"]})"},
                                     Good{PLUGINS "/prompt_size.so", R"({"max_tokens":8000})"},
                                     Good{PLUGINS "/stdout.so"},
                                     Good{PLUGINS "/jsonl.so", R"({"path":"FOLDER/r.jsonl"})"},
                                     Good{PLUGINS "/sqlite.so", R"({"path":"FOLDER/r.db"})"},
                                     Good{ABI_PLUGINS "/deny_words.so", R"({"words":["swordfish"]})"},
                                     Good{SWAP_PLUGINS "/tally_v1.so"}),
                     testing::Values("file", "load", "life", "memory", "codec", "local", "policy", "sink")),
    [](const auto& test) {
      return name_of(fs::path(std::get<0>(test.param).file).stem().string() + "_" + std::get<1>(test.param));
    });

struct Bad {
  const char* file;
  const char* check;  // the one that fails
  const char* why;    // what it says, in part
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.file << " " << bad.check; }

class BadPlugin : public testing::TestWithParam<Bad> {};

TEST_P(BadPlugin, FailsTheCheckThatIsAboutIt) {
  CheckedPlugin checked;
  checked.file = fs::canonical(GetParam().file);
  const Finding finding = runner().one(checked, GetParam().check);
  EXPECT_EQ(finding.kind, Kind::failed) << finding.why;
  EXPECT_NE(finding.why.find(GetParam().why), std::string::npos) << finding.why;
}

#define ABI(name) ABI_PLUGINS "/" name ".so"

INSTANTIATE_TEST_SUITE_P(Files, BadPlugin,
                         testing::Values(Bad{ABI("text"), "file.library", "is not a shared library"},
                                         Bad{ABI("empty"), "file.library", "is not a shared library"},
                                         Bad{ABI("truncated"), "file.library", "cut short"},
                                         Bad{ABI("other_machine"), "file.library", "another processor"},
                                         Bad{ABI("no_symbol"), "file.one_symbol", "does not export gatehouse_plugin"},
                                         Bad{ABI("default_flags"), "file.one_symbol", "it also exports"},
                                         Bad{ABI("default_flags"), "file.no_unique", "UNIQUE are"},
                                         Bad{ABI("executable_stack"), "file.no_executable_stack", "noexecstack"},
                                         Bad{ABI("never_closed"), "file.closes", "nodelete"},
                                         Bad{ABI("text_relocation"), "file.no_text_relocations", "-fPIC"}),
                         [](const auto& test) {
                           return name_of(fs::path(test.param.file).stem().string() + "_" + test.param.check);
                         });

INSTANTIATE_TEST_SUITE_P(Tables, BadPlugin,
                         testing::Values(Bad{ABI("text"), "load.opens", "is not a shared library"},
                                         Bad{ABI("missing_symbol"), "load.opens", "gatehouse_nowhere"},
                                         Bad{ABI("wrong_magic"), "load.opens", "is not a Gatehouse plugin"},
                                         Bad{ABI("wrong_major"), "load.opens", "speaks plugin ABI 99"},
                                         Bad{ABI("needs_newer"), "load.opens", "needs plugin ABI 1.7"},
                                         Bad{ABI("null_module"), "load.opens", "no module table"},
                                         Bad{ABI("short_module"), "load.opens", "16 bytes"},
                                         Bad{ABI("null_component_slot"), "load.opens", "gh_module.component"},
                                         Bad{SWAP_PLUGINS "/aborts.so", "load.opens", "while loading"},
                                         Bad{ABI("no_component"), "load.components", "no component"},
                                         Bad{ABI("same_ids"), "load.components", "two components"},
                                         Bad{ABI("bad_id"), "load.components", "Not well formed"},
                                         Bad{ABI("unknown_interface"), "load.components", "gatehouse.policy/9"},
                                         Bad{ABI("null_table"), "load.components", "gh_component.vtable"},
                                         Bad{ABI("null_create"), "load.components", "gh_component.create"},
                                         Bad{ABI("null_on_request"), "load.components", "gh_policy.on_request"},
                                         Bad{ABI("null_on_chunk"), "load.components", "gh_policy.on_chunk"},
                                         Bad{ABI("null_end"), "load.components", "gh_policy.end"},
                                         Bad{ABI("bad_error"), "load.creates", "without a NUL"},
                                         Bad{ABI("unknown_status"), "load.creates", "without a NUL"},
                                         Bad{SWAP_PLUGINS "/exits.so", "load.creates", "exit code 7 while creating"},
                                         Bad{SWAP_PLUGINS "/crashes.so", "load.creates", "died of signal 11"}),
                         [](const auto& test) {
                           return name_of(fs::path(test.param.file).stem().string() + "_" + test.param.check);
                         });

INSTANTIATE_TEST_SUITE_P(
    Deeds, BadPlugin,
    testing::Values(
        Bad{ABI("leaks"), "life.memory", "bytes"}, Bad{ABI("starts_thread"), "life.traces", "threads running"},
        Bad{ABI("opens_file"), "life.traces", "files open"},
        Bad{ABI("handles_signal"), "life.traces", "another handler of signal 12"},
        Bad{ABI("changes_folder"), "life.traces", "in the folder /"},
        Bad{ABI("sets_umask"), "life.traces", "another umask"},
        Bad{ABI("sets_environment"), "life.traces", "another environment"},
        Bad{ABI("writes_stdout"), "life.silent", "standard output"},
        Bad{ABI("shares_state"), "life.instances", "while on_request"},
        Bad{SWAP_PLUGINS "/thread_local.so", "life.unloads", "thread_local"},
        Bad{ABI("reads_past"), "memory.bounds", "while on_request"},
        Bad{ABI("codec"), "codec.repeats", "encoded twice"},    // it counts its requests in a header
        Bad{ABI("codec"), "codec.errors", "an answer of 400"},  // it would try that again
        Bad{ABI("rude_local"), "local.answers", "without a FINISH"},
        Bad{ABI("rude_local"), "local.cancel", "it sent 4 more"}, Bad{ABI("unknown_verdict"), "policy.verdicts", "77"},
        Bad{ABI("failed_verdict"), "policy.verdicts", "gave no reason"},
        Bad{ABI("denies_mutely"), "policy.reasons", "without a code"},
        Bad{ABI("replaces_badly"), "policy.changes", "no JSON object"},
        Bad{ABI("rude_sink"), "sink.batches", "one at a time"}, Bad{ABI("rude_sink"), "sink.flush", "not now"}),
    [](const auto& test) { return name_of(fs::path(test.param.file).stem().string() + "_" + test.param.check); });

TEST(Conformance, AHangIsAFailureAndNotTheEnd) {
  Runner impatient = runner();
  impatient.time_limit = std::chrono::seconds(5);
  CheckedPlugin checked;
  checked.file = fs::canonical(SWAP_PLUGINS "/hangs.so");
  const Finding finding = impatient.one(checked, "load.creates");
  EXPECT_EQ(finding.kind, Kind::failed);
  EXPECT_EQ(finding.why, "it did not come to an end within 5000 ms of creating");
}

TEST(Conformance, WhatCannotBeFoundOutIsSkipped) {
  CheckedPlugin checked;
  checked.file = fs::canonical(ABI("wrong_magic"));
  for (const CheckResult& result : runner().all(checked)) {
    const Kind expected = result.check.group() == "file"      ? Kind::passed
                          : result.check.name == "load.opens" ? Kind::failed
                                                              : Kind::skipped;
    EXPECT_EQ(result.finding.kind, expected) << result.check.name << ": " << result.finding.why;
  }
}

TEST(Conformance, APluginThatWantsAConfigurationIsToldApart) {
  CheckedPlugin checked;
  checked.file = fs::canonical(PLUGINS "/jsonl.so");
  EXPECT_EQ(runner().one(checked, "load.creates").kind, Kind::skipped);
  checked.configured = true;
  EXPECT_EQ(runner().one(checked, "load.creates").kind, Kind::failed);
}

}  // namespace
}  // namespace gatehouse::conformance
