#include "net/http/field_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "net/http/plain_bytes.h"

namespace gatehouse::net {
namespace {

std::string field(std::string_view name, std::string_view value) {
  std::string out;
  append_field(out, name, value);
  return out;
}

TEST(FieldLine, IsNameColonValue) {
  EXPECT_EQ(field("x-a", "b c"), "x-a: b c\r\n");
  EXPECT_EQ(field("x-a", ""), "x-a: \r\n");
  EXPECT_EQ(field("x-a", "grüße\t"), "x-a: grüße\t\r\n");
}

// Short and long fields are put together in different ways, and are looked at eight bytes at a time.
TEST(FieldLine, StaysOneLineWhateverItHolds) {
  for (const std::size_t size : {1u, 7u, 8u, 9u, 116u, 117u, 118u, 119u, 500u}) {
    for (const char evil : {'\r', '\n', '\0'}) {
      for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
        std::string value(size, 'x');
        value[at] = evil;
        std::string wanted(size, 'x');
        wanted[at] = ' ';
        EXPECT_EQ(field("n", value), "n: " + wanted + "\r\n") << size << " " << at << " " << static_cast<int>(evil);
        EXPECT_EQ(field(value, "v"), wanted + ": v\r\n");
      }
    }
  }
  EXPECT_EQ(field("x-a", "b\r\nset-cookie: evil"), "x-a: b  set-cookie: evil\r\n");
}

TEST(FieldLine, WhatWasThereBeforeIsLeftAlone) {
  std::string out = "HTTP/1.1 200 OK\r\n";
  append_field(out, "a", "b");
  append_clean(out, "c\nd");
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\na: b\r\nc d");
}

TEST(PlainBytes, FindTheFirstControlCharacterWhereverItStands) {
  for (std::size_t size = 0; size <= 40; ++size) {
    EXPECT_EQ(plain_length(std::string(size, 'x')), size);
    EXPECT_EQ(plain_length(std::string(size, '\xff')), size) << "the upper half is no control character";
    EXPECT_EQ(plain_length(std::string(size, ' ')), size);
    for (std::size_t at = 0; at < size; ++at) {
      for (const char control : {'\0', '\t', '\r', '\n', '\x1f', '\x7f'}) {
        std::string text(size, '~');
        text[at] = control;
        EXPECT_EQ(plain_length(text), at) << size << " " << static_cast<int>(control);
        text[size - 1] = control;
        EXPECT_EQ(plain_length(text), at) << "the first of two";
      }
    }
  }
}

}  // namespace
}  // namespace gatehouse::net
