// Who asks, and where that is known from. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/money/limit_rule.h"
#include "core/request/tags.h"
#include "core/status.h"

namespace gatehouse::core {

// What the holder of a key may do. Immutable, shared by the requests that show the key.
struct KeyTerms {
  std::string id;
  std::string client;
  std::vector<std::string> models;  // empty: all
  LimitRule limits;                 // the key's own, beside those for everybody
  std::int64_t expires = 0;         // unix seconds; 0: never
  bool revoked = false;
  std::string team = {};  // empty: none
};

struct Caller {
  std::string client_id;                  // empty: unknown
  std::string key_id;                     // of a known key its id, else a keyed hash; empty: none was given
  std::shared_ptr<const KeyTerms> terms;  // nullptr: the key is not one of ours
  Tags tags = {};                         // of the request, that `limits` speak of

  // denied when the key is not for this model.
  Status may_use(std::string_view model) const;
};

// Who spends where the caller asks for a model; empty: there is none of that name. Views into the caller and the alias;
// `tags` keeps the views of the caller's.
Subject subject_of(const Caller& caller, std::string_view alias, std::vector<Tag>& tags);

// The client that the request's header and its body name. Either may be empty; a contradiction is refused.
Result<std::string> agree_on_client(std::string_view header, std::string_view body);

// The client that a key belongs to. A body that names another is refused; a header that does is ignored.
Result<std::string> client_of(const KeyTerms& terms, std::string_view body);

}  // namespace gatehouse::core
