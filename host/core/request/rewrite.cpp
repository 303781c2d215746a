#include "core/request/rewrite.h"

#include <algorithm>
#include <array>

#include "core/text/json_writer.h"

namespace gatehouse::core {

namespace {

// What OpenAI calls it for its models that reason, which refuse the old name; servers of its kind know the old one.
std::string_view bound_name(std::string_view model) {
  constexpr std::string_view kReasoning[] = {"o1", "o3", "o4", "gpt-5"};
  const std::string_view name = model.substr(model.rfind('/') + 1);  // "openai/o3"
  const bool reasons = std::any_of(std::begin(kReasoning), std::end(kReasoning),
                                   [&](std::string_view family) { return name.starts_with(family); });
  return reasons ? "max_completion_tokens" : "max_tokens";
}

}  // namespace

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

std::string rewritten_for(std::string_view model, const ChatRequest& request,
                          std::optional<std::uint64_t> output_bound) {
  const std::string name = json_string(model);
  const bool silent = request.stream() && !request.include_usage();
  const bool bounded = output_bound && !request.max_output_tokens();
  const std::string options = silent ? request.stream_options_with_usage() : std::string();
  const std::string bound = bounded ? std::to_string(*output_bound) : std::string();
  std::array<Change, 3> changes{Change{"model", name}};
  std::size_t count = 1;
  if (silent) changes[count++] = {"stream_options", options};
  if (bounded) changes[count++] = {bound_name(model), bound};
  return rewrite(request, std::span(changes).first(count));
}

}  // namespace gatehouse::core
