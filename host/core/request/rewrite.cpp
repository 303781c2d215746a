#include "core/request/rewrite.h"

#include <algorithm>

#include "core/text/json_writer.h"

namespace gatehouse::core {

std::string rewrite(const ChatRequest& request, std::span<const Change> changes) {
  std::string out;
  out.reserve(request.json().size() + 128);
  JsonObject object(out);
  for (const Member& member : request.members()) {
    const auto change =
        std::find_if(changes.begin(), changes.end(), [&](const Change& c) { return c.name == member.name; });
    if (change == changes.end())
      object.add_member(member.whole);
    else if (change->value)
      object.add_raw(member.name, *change->value);
  }
  for (const Change& change : changes) {
    if (change.value && request.member(change.name) == nullptr) object.add_raw(change.name, *change.value);
  }
  object.close();
  return out;
}

std::string rewritten_for(std::string_view model, const ChatRequest& request) {
  const std::string name = json_string(model);
  const bool silent = request.stream() && !request.include_usage();
  const std::string options = silent ? request.stream_options_with_usage() : std::string();
  const Change changes[] = {{"model", name}, {"stream_options", options}};
  return rewrite(request, std::span(changes).first(silent ? 2 : 1));
}

}  // namespace gatehouse::core
