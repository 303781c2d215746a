#include "limits/notes.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gatehouse::limits {
namespace {

class NotesTest : public testing::Test {
 protected:
  Table::Entry& account(std::string_view name) {
    Table::Entry* const entry = table_.pin(name, [](const auto&) { return false; });
    Table::unpin(*entry);
    return *entry;
  }
  std::vector<std::string> names(const std::list<Notes::Note>& notes) {
    std::vector<std::string> names;
    for (const Notes::Note& note : notes) names.push_back(note.entry->first);
    std::sort(names.begin(), names.end());
    return names;
  }

  Table table_{10};
  Notes notes_;
};

TEST_F(NotesTest, WhatCouldNotBeToldIsToldTheNextTimeAndOnce) {
  for (const char* name : {"read", "read and changed", "unread"}) notes_.add(account(name), Scope::client, {});
  std::list<Notes::Note> taken = notes_.take();
  auto unread = taken.begin();
  for (int i = 0; i < 2; ++i) (unread++)->entry->second.noted.exchange(false);
  notes_.add(account("read and changed"), Scope::client, {});
  notes_.put_back(taken, unread);
  for (const char* name : {"read", "read and changed", "unread"}) notes_.add(account(name), Scope::client, {});

  const std::list<Notes::Note> again = notes_.take();
  EXPECT_EQ(names(again), (std::vector<std::string>{"read", "read and changed", "unread"}));
  for (const Notes::Note& note : again) EXPECT_EQ(note.entry->second.pins, 1u) << note.entry->first;
}

}  // namespace
}  // namespace gatehouse::limits
