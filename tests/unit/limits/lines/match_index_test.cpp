#include "limits/lines/match_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace gatehouse::limits {
namespace {

using core::Condition;
using core::LimitMatch;
using core::LimitRule;

std::unique_ptr<Line> line(LimitMatch match, const LimitRule& rule) {
  auto made = std::make_unique<Line>();
  made->match = std::move(match);
  made->label = label_of_line(Scope::client, "", made->match);
  made->rules = Rules(rule);
  return made;
}

std::string decides(const std::vector<std::unique_ptr<Line>>& lines, const Subject& subject, Dimension dimension) {
  std::vector<const Line*> all;
  for (const auto& one : lines) all.push_back(one.get());
  std::string found = "nobody";
  int count = 0;
  MatchIndex(all).each(subject, [&](const Line& one, const DimensionSet& dimensions) {
    if (!dimensions[static_cast<std::size_t>(dimension)]) return;
    found = one.label;
    ++count;
  });
  EXPECT_LE(count, 1);
  return found;
}

constexpr Subject kAsking{.client = "dev", .key = "k", .model = "gpt-5-mini", .team = "research"};

TEST(MatchIndex, TheNarrowestMatchDecidesForEachDimensionOnItsOwn) {
  std::vector<std::unique_ptr<Line>> lines;
  lines.push_back(line({}, {.requests_per_minute = 60, .tokens_per_day = 1000}));
  lines.push_back(line({{Scope::model, "", {"gpt-*"}}}, {.requests_per_minute = 10, .concurrent = 2}));
  lines.push_back(line({{Scope::model, "", {"gpt-5*", "o3"}}}, {.requests_per_minute = 5}));
  lines.push_back(line({{Scope::team, "", {"research"}}, {Scope::model, "", {"gpt-5*"}}}, {.tokens_per_minute = 9}));
  EXPECT_EQ(decides(lines, kAsking, Dimension::requests), R"({"model":["gpt-5*","o3"]})");
  EXPECT_EQ(decides(lines, kAsking, Dimension::concurrent), R"({"model":["gpt-*"]})");
  EXPECT_EQ(decides(lines, kAsking, Dimension::tokens_day), "");
  EXPECT_EQ(decides(lines, kAsking, Dimension::tokens), R"({"team":["research"],"model":["gpt-5*"]})");
  EXPECT_EQ(decides(lines, {.client = "dev", .model = "o3"}, Dimension::requests), R"({"model":["gpt-5*","o3"]})");
  EXPECT_EQ(decides(lines, {.client = "dev", .model = "o3-mini"}, Dimension::requests), "");
  EXPECT_EQ(decides(lines, {.client = "dev", .model = "gpt"}, Dimension::concurrent), "nobody");
}

TEST(MatchIndex, AStarAloneAsksForAnyNameAndNotForNone) {
  std::vector<std::unique_ptr<Line>> lines;
  lines.push_back(line({{Scope::team, "", {"*"}}}, {.requests_per_minute = 1}));
  EXPECT_NE(decides(lines, kAsking, Dimension::requests), "nobody");
  EXPECT_EQ(decides(lines, {.client = "dev", .model = "m"}, Dimension::requests), "nobody");
}

TEST(MatchIndex, ATagsValueIsAskedFor) {
  std::vector<std::unique_ptr<Line>> lines;
  lines.push_back(line({{Scope::tag, "env", {"ci"}}}, {.requests_per_minute = 1}));
  const core::Tag tags[] = {{"project", "ci"}, {"env", "ci"}};
  EXPECT_NE(decides(lines, {.client = "dev", .model = "m", .tags = tags}, Dimension::requests), "nobody");
  EXPECT_EQ(decides(lines, {.client = "dev", .model = "m", .tags = {tags, 1}}, Dimension::requests), "nobody");
}

TEST(MatchIndex, AKeyIsAskedFor) {
  std::vector<std::unique_ptr<Line>> lines;
  lines.push_back(line({}, {.requests_per_minute = 60}));
  lines.push_back(line({{Scope::key, "", {"k"}}}, {.requests_per_minute = 1}));
  lines.push_back(line({{Scope::key, "", {"lab-*"}}}, {.requests_per_minute = 2}));
  EXPECT_EQ(decides(lines, kAsking, Dimension::requests), R"({"key":["k"]})");
  EXPECT_EQ(decides(lines, {.client = "k", .key = "lab-7", .model = "k"}, Dimension::requests), R"({"key":["lab-*"]})");
  EXPECT_EQ(decides(lines, {.client = "k", .key = "k2", .model = "k"}, Dimension::requests), "");
  EXPECT_EQ(decides(lines, {.client = "k", .model = "k"}, Dimension::requests), "");
}

// What the index finds without looking is what looking at every line finds.
TEST(MatchIndex, FindsWhatLookingAtAllLinesFinds) {
  std::mt19937 dice(7);
  const char* const names[] = {"a", "ab", "abc", "b", "ba", "c"};
  const char* const patterns[] = {"a", "ab", "a*", "ab*", "b*", "c", "*"};
  const auto any = [&](const auto& from) { return std::string(from[dice() % std::size(from)]); };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::unique_ptr<Line>> lines;
    for (int i = 0; i < 6; ++i) {
      LimitMatch match;
      if (dice() % 2 == 0) match.push_back({Scope::team, "", {any(patterns)}});
      if (dice() % 2 == 0) match.push_back({Scope::model, "", {any(patterns)}});
      lines.push_back(line(std::move(match), {.requests_per_minute = 1}));
    }
    const std::string model = any(names), team = any(names);
    const Subject subject{.client = "c", .model = model, .team = team};
    // Those that fit, of which none lies within another, say which may decide.
    const core::Condition of_team{Scope::team, "", {}}, of_model{Scope::model, "", {}};
    const core::Combination asked{{&of_team, team}, {&of_model, model}};
    std::vector<const Line*> fit;
    for (const auto& one : lines) {
      const auto how = core::overlap_of(asked, core::combinations_of(one->match)[0]);
      if (how == core::Overlap::within || how == core::Overlap::equal) fit.push_back(one.get());
    }
    const std::string found = decides(lines, subject, Dimension::requests);
    ASSERT_EQ(found == "nobody", fit.empty());
    if (fit.empty()) continue;
    const auto chosen = std::find_if(fit.begin(), fit.end(), [&](const Line* one) { return one->label == found; });
    ASSERT_NE(chosen, fit.end());
    for (const Line* other : fit) {
      EXPECT_NE(core::overlap_of(core::combinations_of(other->match)[0], core::combinations_of((*chosen)->match)[0]),
                core::Overlap::within)
          << other->label << " lies within " << found;
    }
  }
}

}  // namespace
}  // namespace gatehouse::limits
