// The limits of one scope, and the accounts they are applied to. Its accounts are for any thread; its lines are read
// under the ledger's shared lock and replaced under its exclusive one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limits/accounts/account_name.h"
#include "limits/accounts/moment.h"
#include "limits/accounts/table.h"
#include "limits/lines/match_index.h"

namespace gatehouse::limits {

class Book {
 public:
  Book(Scope scope, std::size_t max_accounts) : scope_(scope), table_(max_accounts) {}

  // The lines that decide for the request: visit(applied). Those with the narrowest match come first.
  template <class Visit>
  void each_applied(const Subject& subject, const Visit& visit) const {
    for (const Group& group : groups_) {
      group.index.each(subject, [&](const Line& line, const DimensionSet& decides) {
        visit(Applied{scope_, &line, decides, core::name_of(scope_, group.tag, subject)});
      });
    }
  }

  // The line whose account it is; nullptr: there never was one.
  const Line* line_of(std::string_view account) const { return line_labelled(label_of(account)); }
  const Line* line_labelled(std::string_view label) const;
  std::vector<const Line*> lines() const;  // that are in force
  // Spending stays on the accounts; a line that is lifted stays, without rules, as reservations point to it.
  void set_rules(std::span<const core::LimitRule> rules, std::int64_t gateways, const Moment& now);

  // Whether forgetting the account would change nothing. What a key's own limits are is not known here, so that no
  // account under them is; there are no more of those than keys.
  bool idle(const Table::Entry& entry, const Moment& now) const;

  // Of hours that are over, whose numbers come again within half a year, the account forgets what was spent.
  void forget_past_hours(Table::Entry& entry, const Moment& now) const;

  Table& table() { return table_; }
  const Table& table() const { return table_; }

 private:
  struct Group {
    std::string tag;
    MatchIndex index;
  };
  struct Change {
    Rules before, after;
  };

  void convert(const std::map<const Line*, Change>& changes, const Moment& now);
  void group();

  const Scope scope_;
  Table table_;
  std::map<std::string, std::unique_ptr<Line>, std::less<>> lines_;  // by label
  std::vector<Group> groups_;
};

}  // namespace gatehouse::limits
