#include "core/address_ranges.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::core {
namespace {

AddressRanges ranges(std::initializer_list<std::string_view> all) {
  AddressRanges made;
  for (const std::string_view range : all) EXPECT_TRUE(made.add(range)) << range;
  return made;
}

TEST(AddressRanges, ARangeHoldsItsFirstAndLastAddressAndNoNeighbour) {
  const AddressRanges made = ranges({"10.2.0.0/15", "192.0.2.7", "2001:db8::/33", "fd00::1"});
  for (const char* inside : {"10.2.0.0", "10.3.255.255", "192.0.2.7", "::ffff:192.0.2.7",
                             "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", "fd00::1", "FD00:0::1"})
    EXPECT_TRUE(made.contains(inside)) << inside;
  for (const char* outside : {"10.1.255.255", "10.4.0.0", "192.0.2.8", "2001:db8:8000::", "fd00::2", "::192.0.2.7"})
    EXPECT_FALSE(made.contains(outside)) << outside;
}

TEST(CanonicalAddress, WritesEachAddressOneWay) {
  EXPECT_EQ(canonical_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(canonical_address("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(canonical_address("2001:DB8:0:0::1"), "2001:db8::1");
  for (const char* text : {"", "192.0.2.256", "192.0.2.1 10.0.0.1", "192.0.2", "::1%eth0", "a.example"})
    EXPECT_EQ(canonical_address(text), "") << text;
}

TEST(AddressRanges, AllOfAFamilyMayBeMeant) {
  EXPECT_TRUE(ranges({"0.0.0.0/0"}).contains("203.0.113.9"));
  EXPECT_FALSE(ranges({"0.0.0.0/0"}).contains("2001:db8::1"));
  EXPECT_TRUE(ranges({"::/0"}).contains("203.0.113.9"));
}

TEST(AddressRanges, WhatIsNoAddressIsInNone) {
  const AddressRanges all = ranges({"::/0"});
  for (const std::string& text :
       {std::string(), std::string("localhost"), std::string("10.0.0"), std::string("10.0.0.1 "),
        std::string("10.0.0.1/8"), std::string("[::1]"), std::string(100'000, '1')})
    EXPECT_FALSE(all.contains(text)) << text.substr(0, 40);
}

TEST(AddressRanges, RefusesWhatIsNoRange) {
  AddressRanges made;
  for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8",
                            "2001:db8::/129", "2001:db8::1/64", "proxy.example", "10.0.0.0-10.0.0.9", "10.*"})
    EXPECT_FALSE(made.add(wrong)) << wrong;
  EXPECT_TRUE(made.empty());
}

}  // namespace
}  // namespace gatehouse::core
