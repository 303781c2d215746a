#include "modules/swap/assembly.h"

#include <gtest/gtest.h>

#include <fstream>

#include "config/load.h"
#include "core/text/identifier.h"

namespace gatehouse::modules {
namespace {

namespace fs = std::filesystem;
using Change = PluginChange::Kind;

// Assembles real plugins from where the build put them; the gateway's own binary runs their trials.
class AssemblyTest : public testing::Test {
 protected:
  AssemblyTest() : folder_(fs::temp_directory_path() / ("assembly_test." + core::random_hex(8))) {
    fs::create_directories(folder_);
    staging_ = *Staging::open(folder_ / "staging");
  }
  ~AssemblyTest() override {
    staging_.reset();
    fs::remove_all(folder_);
  }

  // A provider from `echo`, a model that it serves, and more.
  static config::Settings settings(const std::string& echo, const std::string& more = {}) {
    const std::string plugins = fs::path(ECHO_PLUGIN).parent_path().string();
    auto parsed = config::parse("plugins: { path: [\"" + plugins + "\"] }\nproviders:\n  local: " + echo +
                                    "\nmodels:\n  m: { targets: [ { provider: local, model: echo } ] }\n" + more,
                                "gatehouse.yaml", {});
    EXPECT_TRUE(parsed.ok()) << parsed.status().message();
    return *std::move(parsed);
  }

  struct Built {
    std::unique_ptr<Generation> generation;
    core::Status status;
    std::vector<PluginChange> changes;
    std::vector<Replacement> replacements;
  };
  Built build(const config::Settings& settings, const Generation* before = nullptr,
              const std::vector<Rollback>& rollbacks = {}) {
    Assembly assembly(settings, *staging_, preflight_, stats_, before, rollbacks);
    auto generation = assembly.build(before == nullptr ? 1 : before->number() + 1);
    return {std::move(generation), assembly.status(), assembly.take_changes(), assembly.take_replacements()};
  }
  static Instance* provider(const Built& built) {
    const PluginUse* use = built.generation->find({PluginKind::provider, "local"});
    return use == nullptr ? nullptr : use->instance.get();
  }

  const fs::path folder_;
  std::unique_ptr<Staging> staging_;
  const Preflight preflight_{std::chrono::seconds(60), GATEHOUSE_PROGRAM};
  PluginStatsTable stats_;
};

constexpr const char* kEcho = "{ plugin: echo }";
constexpr const char* kOtherEcho = "{ plugin: echo, config: { delay: 1ms } }";

TEST_F(AssemblyTest, PutsPluginsRoutesAndPoliciesTogether) {
  const Built built = build(settings(kEcho, "policies: [ { plugin: require_client } ]\n"));
  ASSERT_TRUE(built.status.ok()) << built.status.message();
  ASSERT_TRUE(built.generation->routes().contains("m"));
  EXPECT_EQ(built.generation->routes().find("m")->second.targets.size(), 1u);
  EXPECT_EQ(built.generation->policies().size(), 1u);
  ASSERT_EQ(built.changes.size(), 2u);
  for (const PluginChange& change : built.changes) EXPECT_EQ(change.kind, Change::loaded);
  EXPECT_TRUE(built.replacements.empty());
}

TEST_F(AssemblyTest, WhatDidNotChangeIsUsedAgain) {
  const config::Settings same = settings(kEcho);
  const Built before = build(same);
  const Built after = build(same, before.generation.get());
  ASSERT_EQ(after.changes.size(), 1u);
  EXPECT_EQ(after.changes[0].kind, Change::reused);
  EXPECT_EQ(provider(after), provider(before));
  EXPECT_TRUE(after.replacements.empty());
}

TEST_F(AssemblyTest, ANewConfigurationReplacesThePluginAndSaysWhy) {
  const Built before = build(settings(kEcho));
  const Built after = build(settings(kOtherEcho), before.generation.get());
  ASSERT_TRUE(after.status.ok()) << after.status.message();
  ASSERT_EQ(after.changes.size(), 1u);
  EXPECT_EQ(after.changes[0].kind, Change::replaced);
  EXPECT_EQ(after.changes[0].reason.substr(0, 25), "its configuration changed");
  EXPECT_NE(provider(after), provider(before));
  ASSERT_EQ(after.replacements.size(), 1u);
  EXPECT_EQ(after.replacements[0].before.instance.get(), provider(before));
}

TEST_F(AssemblyTest, AVersionThatWasTakenBackIsNotTriedAgain) {
  const Built before = build(settings(kEcho));
  const config::Settings again = settings(kOtherEcho);
  const Rollback rollback{before.changes[0].plugin, again.providers[0].component.config, "it failed", {}};
  const Built after = build(again, before.generation.get(), {rollback});
  ASSERT_EQ(after.changes.size(), 1u);
  EXPECT_EQ(after.changes[0].kind, Change::held_back);
  EXPECT_EQ(provider(after), provider(before));
}

TEST_F(AssemblyTest, APluginThatCannotBeUsedIsRefusedByItsPlaceAndTheOthersAreStillTried) {
  std::ofstream(folder_ / "broken.so") << "no library";
  const Built built =
      build(settings(kEcho, "policies:\n  - { plugin: \"" + (folder_ / "broken.so").string() + "\", name: broken }\n"));
  EXPECT_EQ(built.status.code(), core::Code::config);
  EXPECT_EQ(built.status.message().substr(0, 17), "gatehouse.yaml:7:") << built.status.message();
  ASSERT_EQ(built.changes.size(), 2u);
  EXPECT_EQ(built.changes[0].kind, Change::loaded);
  EXPECT_EQ(built.changes[1].kind, Change::refused);
}

TEST_F(AssemblyTest, WhatIsConfiguredNoLongerIsListedAsRemoved) {
  const Built before = build(settings(kEcho, "policies: [ { plugin: require_client } ]\n"));
  const Built after = build(settings(kEcho), before.generation.get());
  ASSERT_EQ(after.changes.size(), 2u);
  EXPECT_EQ(after.changes[1].kind, Change::removed);
  EXPECT_EQ(after.changes[1].plugin.name, "require_client");
}

TEST_F(AssemblyTest, TakingBackKeepsEverythingElseAsItIs) {
  const Built first = build(settings(kEcho, "policies: [ { plugin: require_client } ]\n"));
  const config::Settings changed = settings(kOtherEcho, "policies: [ { plugin: require_client } ]\n");
  const Built second = build(changed, first.generation.get());
  const std::vector<Rollback> none;
  Assembly assembly(changed, *staging_, preflight_, stats_, second.generation.get(), none);
  const auto third = assembly.build_with(*first.generation->find({PluginKind::provider, "local"}), 3);
  const PluginKey policy{PluginKind::policy, "require_client"};
  EXPECT_EQ(third->find({PluginKind::provider, "local"})->instance.get(), provider(first));
  EXPECT_EQ(third->find(policy)->instance, second.generation->find(policy)->instance);
}

}  // namespace
}  // namespace gatehouse::modules
