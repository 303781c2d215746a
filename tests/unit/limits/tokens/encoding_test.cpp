#include "limits/tokens/encoding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rank_file.h"

namespace gatehouse::limits {
namespace {

using Pieces = std::vector<std::string>;

Encoding encoding_of(std::string_view name, const Pieces& tokens) {
  auto encoding = Encoding::read(name, RankFile(tokens).path());
  EXPECT_TRUE(encoding.ok()) << encoding.status().message();
  return *std::move(encoding);
}

// With a vocabulary of just these pieces, each is one token where it is cut out whole, and bytes otherwise.
void expect_pieces(std::string_view encoding, const Pieces& pieces) {
  Pieces tokens;
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece;
    if (piece.size() > 1 && std::find(tokens.begin(), tokens.end(), piece) == tokens.end()) tokens.push_back(piece);
  }
  EXPECT_EQ(encoding_of(encoding, tokens).count(text), pieces.size()) << encoding << ": " << text;
}

TEST(Encoding, CutsTextAsItsMakersDo) {
  for (const char* both : {"cl100k_base", "o200k_base"}) {
    expect_pieces(both, {"Hello", ",", " world", "!\n\n", "123", "4"});
    expect_pieces(both, {"  ", " indented", " \n\n", "\t", "\treturn", " x", ";"});
    expect_pieces(both, {"naïve", " Ünïcødé", " 東京都です", "。🙂🙂"});
    expect_pieces(both, {"a", "\u00a0", "\u00a0b", "\u0085", "\u3000c"});
    expect_pieces(both, {"Привет", " ", "²³", " ---\"", "x"});
  }
  expect_pieces("cl100k_base", {"CamelCase", "'ll", " don", "'T", "\r\n", "//\n"});
  expect_pieces("o200k_base", {"Camel", "Case'll", " don'T", "\r\n", "//\n/\n"});
  expect_pieces("o200k_base", {"HTTPServer", " ABC", " x"});
}

TEST(Encoding, TheEndOfATextIsOnePieceWhereItIsSpace) {
  expect_pieces("cl100k_base", {"a", " \n  "});
  expect_pieces("o200k_base", {"a", " \n", "  "});
}

TEST(Encoding, SpecialTokensAreText) {
  const Encoding encoding = encoding_of("o200k_base", {});
  EXPECT_EQ(encoding.count("<|endoftext|>"), 13u);
}

TEST(Encoding, WhatIsNotUtf8IsCountedToo) {
  const Encoding encoding = encoding_of("o200k_base", {});
  for (const std::string& text : Pieces{"a\xff", "a\xc3", "\xed\xa0\x80", "\x80\x80"}) {
    EXPECT_EQ(encoding.count(text), text.size());
  }
}

TEST(Encoding, LongRunsOfOneKindAreHarmless) {
  for (const char* name : {"cl100k_base", "o200k_base"}) {
    const Encoding encoding = encoding_of(name, {});
    for (const std::string& unit : Pieces{"a", "A", " ", "\n", "-", "é", "東", "\u0301", " \n", "aA", "1"}) {
      std::string text;
      while (text.size() < 1'000'000) text += unit;
      EXPECT_EQ(encoding.count(text), text.size()) << name << " of " << unit;
    }
  }
}

TEST(Encoding, IsFoundByItsNameWhereThereIsAFile) {
  Encodings encodings;
  encodings.add(encoding_of("o200k_base", {}));
  ASSERT_NE(encodings.find("o200k_base"), nullptr);
  EXPECT_EQ(encodings.find("o200k_base")->name(), "o200k_base");
  EXPECT_EQ(encodings.find("cl100k_base"), nullptr);
  EXPECT_EQ(encodings.find(""), nullptr);
}

}  // namespace
}  // namespace gatehouse::limits
