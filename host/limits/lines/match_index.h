// Which lines decide for a request, found without looking at those that do not. Lines whose conditions have the same
// shape (an exact model, a team that begins with three given letters) are in one table by what they ask for, so that a
// request looks once for each shape, of which there are few, however many lines there are. Immutable; any thread.
#pragma once

#include <boost/container/small_vector.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limits/lines/line.h"

namespace gatehouse::limits {

class MatchIndex {
 public:
  // REQUIRES: the lines outlive it, are of one scope and one tag, and their limits do not change.
  explicit MatchIndex(const std::vector<const Line*>& lines);

  // Calls visit(line, decides) for each line that the request is for, those with the narrowest match first: of each
  // dimension the first that limits it decides.
  template <class Visit>
  void each(const Subject& subject, const Visit& visit) const {
    DimensionSet left = limited_;
    for (const Shape& shape : shapes_) {
      if (left.none()) return;
      if ((shape.limited & left).none()) continue;
      const Lines* const found = find(shape, subject);
      if (found == nullptr) continue;
      for (const Line* line : *found) {
        const DimensionSet decides = line->rules.limited() & left;
        if (decides.none()) continue;
        left &= ~decides;
        visit(*line, decides);
      }
    }
  }

 private:
  struct Field {
    Scope of;
    std::string tag;
    bool exact;
    std::size_t length;  // of the beginning that is asked for, where not the whole name is

    bool operator==(const Field&) const = default;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Lines = std::vector<const Line*>;
  struct Shape {
    std::vector<Field> fields;
    std::size_t narrowness = 0;  // of two matches, one within the other, the inner one has the greater
    DimensionSet limited;
    std::unordered_map<std::string, Lines, Hash, std::equal_to<>> lines;  // by the names asked for
  };

  static const Lines* find(const Shape& shape, const Subject& subject);
  Shape& shape_of(std::vector<Field>&& fields);
  void add(const core::Combination& combination, const Line& line);

  std::vector<Shape> shapes_;
  DimensionSet limited_;
};

}  // namespace gatehouse::limits
