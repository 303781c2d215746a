// What is typed, and what a command is told of it.
#include "commands/command_line.h"

#include <gtest/gtest.h>

#include <sstream>

namespace gatehouse::commands {
namespace {

int unused(const Arguments&) { return 0; }

constexpr Option kOptions[] = {{"client", "NAME", "whose key it is"}, {"json", "", "prints JSON"}};
const Command kPlain{"check", "says what is wrong", unused};
const Command kWordy{"key", "makes keys", unused, "create | list", kOptions, "what it may have"};

std::string refusal(const Command& command, std::vector<std::string> words) {
  const core::Result<Arguments> arguments = read_arguments(command, words);
  if (arguments.ok()) return "taken";
  EXPECT_EQ(arguments.status().code(), core::Code::invalid_request);
  return std::string(arguments.status().message());
}

Arguments taken(const Command& command, std::vector<std::string> words) {
  const core::Result<Arguments> arguments = read_arguments(command, words);
  EXPECT_TRUE(arguments.ok()) << arguments.status().message();
  return arguments.ok() ? *arguments : Arguments{};
}

TEST(CommandLine, AConfigurationIsNamedInEachOfTheUsualWays) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--config", "g.yaml"},
                                                {"--config=g.yaml"},
                                                {"-c", "g.yaml"},
                                                {"-cg.yaml"}}) {
    EXPECT_EQ(taken(kPlain, words).config, "g.yaml") << words.front();
  }
}

TEST(CommandLine, OptionsAndWordsMayComeInAnyOrder) {
  const Arguments arguments = taken(kWordy, {"create", "--client", "web", "--json", "--", "--odd"});
  EXPECT_EQ(arguments.words, (std::vector<std::string>{"create", "--odd"}));
  EXPECT_EQ(arguments.option("client"), "web");
  EXPECT_TRUE(arguments.given("json"));
  EXPECT_EQ(arguments.option("models"), "");
  EXPECT_FALSE(arguments.help);
}

TEST(CommandLine, HelpIsGivenWhateverElseIsWrong) {
  EXPECT_TRUE(taken(kPlain, {"--help"}).help);
  EXPECT_TRUE(taken(kPlain, {"-h"}).help);
  EXPECT_TRUE(taken(kPlain, {"--help", "left-over", "--bogus"}).help);
  EXPECT_TRUE(taken(kWordy, {"create", "--help"}).help);
}

TEST(CommandLine, WhatIsNotUnderstoodIsRefusedWithWhatWasProbablyMeant) {
  EXPECT_EQ(refusal(kPlain, {"--cnfig", "x"}), "there is no option '--cnfig'; did you mean \"--config\"?");
  EXPECT_EQ(refusal(kWordy, {"--clinet=secret"}), "there is no option '--clinet'; did you mean \"--client\"?");
  EXPECT_EQ(refusal(kPlain, {"-c", "x", "--daemon"}), "there is no option '--daemon'; known options: --help, --config");
  EXPECT_EQ(refusal(kPlain, {"-c", "x", "left"}), "'left' is not understood");
  EXPECT_EQ(refusal(kPlain, {}), "--config FILE is needed");
  EXPECT_EQ(refusal(kPlain, {"--config="}), "--config FILE is needed");
  EXPECT_EQ(refusal(kPlain, {"--config"}), "--config requires FILE");
  EXPECT_EQ(refusal(kPlain, {"-c", "a", "-c", "b"}), "--config is given more than once");
  EXPECT_NE(refusal(kWordy, {"--json=yes"}), "taken");
  EXPECT_EQ(refusal(kWordy, {}), "taken");
}

TEST(CommandLine, ACommandIsFoundByItsNameAlone) {
  const Command commands[] = {kPlain, kWordy};
  EXPECT_EQ(*find_command(commands, "key"), &commands[1]);
  EXPECT_EQ(find_command(commands, "chek").status().message(),
            "there is no command 'chek'; did you mean \"check\"?");
  EXPECT_EQ(find_command(commands, "dance").status().message(),
            "there is no command 'dance'; known commands: check, key");
  EXPECT_FALSE(find_command(commands, "").ok());
}

TEST(CommandLine, HelpNamesEveryOption) {
  std::ostringstream out;
  show_help(kWordy, out);
  for (const char* part : {"gatehouse key create | list [--config FILE] [OPTIONS]", "makes keys", "--client", "NAME",
                           "whose key it is", "--json", "what it may have", "--help"}) {
    EXPECT_NE(out.str().find(part), std::string::npos) << part << " is missing in\n" << out.str();
  }
}

}  // namespace
}  // namespace gatehouse::commands
