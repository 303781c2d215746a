#include "config/yaml/node.h"

#include "core/text/mask.h"
#include "core/money/money.h"

#include <algorithm>
#include <set>

#include "config/yaml/suggestion.h"
#include "config/yaml/units.h"

namespace gatehouse::config {
namespace {

const char* kind_of(const YAML::Node& yaml) {
  switch (yaml.Type()) {
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Map: return "a mapping";
    case YAML::NodeType::Null: return "nothing";
    default: return "a single value";
  }
}

std::string join(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

}  // namespace

Node::Node(Document& document, const YAML::Node& yaml, std::string path)
    : document_(&document), yaml_(yaml), path_(std::move(path)) {}

Source Node::source() const {
  const YAML::Mark mark = yaml_.Mark();
  return {document_->file, mark.line + 1, mark.column + 1};
}

void Node::fail(const std::string& sentence) const {
  document_->problems.add(source(), path_.empty() ? "the file " + sentence : path_ + " " + sentence);
}

std::string Node::shown() const {
  constexpr std::size_t kLongest = 80;
  if (!yaml_.IsScalar()) return kind_of(yaml_);
  const std::string raw = core::without_credentials(yaml_.Scalar());
  return "\"" + (raw.size() > kLongest ? raw.substr(0, kLongest) + "…" : raw) + "\"";
}

std::optional<std::string> Node::scalar(const char* wanted) const {
  if (!yaml_.IsScalar()) {
    fail(std::string("must be ") + wanted + ", not " + kind_of(yaml_));
    return std::nullopt;
  }
  auto expanded = expand(yaml_.Scalar(), document_->environment, document_->files);
  if (!expanded.ok()) {
    fail("is wrong: " + std::string(expanded.status().message()));
    return std::nullopt;
  }
  return *std::move(expanded);
}

std::optional<std::string> Node::text() const {
  auto value = scalar("text");
  if (!value) return std::nullopt;
  const bool control = std::any_of(value->begin(), value->end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (value->empty() || control) {
    fail(value->empty() ? "must not be empty" : "must not hold line breaks or control characters");
    return std::nullopt;
  }
  return value;
}

// A file's last line end is no part of what it holds.
std::optional<std::string> Node::secret() const {
  auto value = scalar("text");
  if (!value) return std::nullopt;
  if (value->ends_with('\n')) value->pop_back();
  if (value->ends_with('\r')) value->pop_back();
  if (value->empty()) {
    fail("must not be empty; leave it out where none is wanted");
    return std::nullopt;
  }
  if (std::any_of(value->begin(), value->end(), [](unsigned char c) { return c < ' ' || c == 127; })) {
    fail("must be one line without control characters");
    return std::nullopt;
  }
  return value;
}

template <class T>
std::optional<T> Node::within(const std::optional<T>& value, T least, T most, const std::string& wanted) const {
  if (value && *value >= least && *value <= most) return value;
  fail("must be " + wanted + ", not " + shown());
  return std::nullopt;
}

std::optional<std::int64_t> Node::integer(std::int64_t least, std::int64_t most) const {
  const auto value = scalar("a whole number");
  if (!value) return std::nullopt;
  return within(parse_integer(*value), least, most,
                "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

std::optional<double> Node::number(double least, double most) const {
  const auto value = scalar("a number");
  if (!value) return std::nullopt;
  const auto round = [](double bound) { return std::to_string(static_cast<std::int64_t>(bound)); };
  return within(parse_number(*value), least, most, "a number from " + round(least) + " to " + round(most));
}

std::optional<std::int64_t> Node::dollars(std::int64_t least, std::int64_t most) const {
  const auto value = scalar("a number");
  if (!value) return std::nullopt;
  return within(parse_dollars(*value), least, most,
                "a number from " + core::dollars(least) + " to " + core::dollars(most));
}

std::optional<std::uint64_t> Node::size(std::uint64_t least, std::uint64_t most) const {
  const auto value = scalar("a size");
  if (!value) return std::nullopt;
  return within(parse_size(*value), least, most,
                "a size such as 10MiB, 512KiB, 1MB or plain bytes, from " + std::to_string(least) + " to " +
                    std::to_string(most) + " bytes");
}

std::optional<std::chrono::milliseconds> Node::duration(std::chrono::milliseconds least,
                                                        std::chrono::milliseconds most) const {
  const auto value = scalar("a duration");
  if (!value) return std::nullopt;
  return within(parse_duration(*value), least, most,
                "a duration such as 500ms, 60s, 2m or 1h, from " + std::to_string(least.count()) + "ms to " +
                    std::to_string(most.count()) + "ms");
}

std::optional<std::size_t> Node::choice(const std::vector<std::string_view>& names) const {
  const auto value = scalar("text");
  if (!value) return std::nullopt;
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (*value == names[i]) return i;
  }
  fail("must be one of " + all + ", not " + shown());
  return std::nullopt;
}

std::vector<Node> Node::items() const {
  std::vector<Node> items;
  if (yaml_.IsNull()) return items;  // the key of a list whose lines are all commented out
  if (!yaml_.IsSequence()) {
    fail(std::string("must be a list, not ") + kind_of(yaml_));
    return items;
  }
  for (const YAML::Node& item : yaml_) {
    items.emplace_back(*document_, item, path_ + "[" + std::to_string(items.size()) + "]");
  }
  return items;
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  std::vector<std::pair<std::string, Node>> members;
  std::set<std::string_view> seen;
  if (yaml_.IsNull()) return members;
  if (!yaml_.IsMap()) {
    fail(std::string("must be a mapping, not ") + kind_of(yaml_));
    return members;
  }
  for (const auto& pair : yaml_) {
    const Node key(*document_, pair.first, path_);
    if (!pair.first.IsScalar()) {
      key.fail(std::string("has a key that is ") + kind_of(pair.first) + "; keys are plain text");
      continue;
    }
    const std::string& name = pair.first.Scalar();
    if (!seen.insert(name).second) {
      key.fail("has the key " + key.shown() + " twice");
      continue;
    }
    members.emplace_back(name, Node(*document_, pair.second, join(path_, name)));
  }
  return members;
}

std::optional<Section> Node::section(const std::vector<std::string_view>& known) const {
  if (!yaml_.IsMap() && !yaml_.IsNull()) {
    fail(std::string("must be a mapping, not ") + kind_of(yaml_));
    return std::nullopt;
  }
  const std::vector<std::string> names(known.begin(), known.end());
  auto all = members();
  for (const auto& pair : yaml_) {
    if (!pair.first.IsScalar()) continue;
    const std::string& name = pair.first.Scalar();
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const Node key(*document_, pair.first, path_);
    key.fail("has an unknown key " + key.shown() + suggestion(name, "keys", names));
  }
  return Section(*this, std::move(all));
}

const Node* Section::find(const std::string& key) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const auto& m) { return m.first == key; });
  return found == members_.end() ? nullptr : &found->second;
}

const Node* Section::required(const std::string& key) const {
  const Node* found = find(key);
  if (found == nullptr) node_.fail("needs \"" + key + "\"");
  return found;
}

}  // namespace gatehouse::config
