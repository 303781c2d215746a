// A value in the configuration file together with its place and its path ("server.max_body").
// Each reading function reports what is wrong to the document's Problems and gives nothing, so
// that one run finds every mistake. Cheap to copy; valid as long as its Document. One document, one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml/environment.h"
#include "config/yaml/problems.h"

namespace gatehouse::config {

struct Document {
  std::string file;
  const Environment& environment;
  ValueFiles& files;
  Problems& problems;
};

class Section;

class Node {
 public:
  Node(Document& document, const YAML::Node& yaml, std::string path);

  const std::string& path() const { return path_; }
  const YAML::Node& yaml() const { return yaml_; }
  Document& document() const { return *document_; }
  Source source() const;
  bool is_null() const { return yaml_.IsNull(); }

  // "FILE:LINE:COLUMN: PATH " and the sentence.
  void fail(const std::string& sentence) const;
  // As written in the file: never the value of an environment variable, nor the credentials in a URL.
  std::string shown() const;

  std::optional<std::string> scalar(const char* wanted) const;  // any single value, with the environment filled in
  std::optional<std::string> text() const;                      // one line, never empty
  std::optional<std::string> secret() const;                    // one line, never empty, never shown
  std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  std::optional<double> number(double least, double most) const;
  std::optional<std::uint64_t> size(std::uint64_t least, std::uint64_t most) const;  // bytes
  std::optional<std::chrono::milliseconds> duration(std::chrono::milliseconds least,
                                                    std::chrono::milliseconds most) const;
  std::optional<std::int64_t> dollars(std::int64_t least, std::int64_t most) const;  // all in nano-dollars
  // Which of the names it is, as an index.
  std::optional<std::size_t> choice(const std::vector<std::string_view>& names) const;

  std::vector<Node> items() const;                                                   // of a list
  std::vector<std::pair<std::string, Node>> members() const;                         // of a mapping with free keys
  std::optional<Section> section(const std::vector<std::string_view>& known) const;  // a mapping with fixed keys

 private:
  template <class T>
  std::optional<T> within(const std::optional<T>& value, T least, T most, const std::string& wanted) const;

  Document* document_;
  YAML::Node yaml_;
  std::string path_;
};

// A mapping whose keys are all known.
class Section {
 public:
  Section(Node node, std::vector<std::pair<std::string, Node>> members)
      : node_(std::move(node)), members_(std::move(members)) {}

  const Node& node() const { return node_; }
  const Node* find(const std::string& key) const;      // nullptr when absent
  const Node* required(const std::string& key) const;  // absent: reported, nullptr

 private:
  Node node_;
  std::vector<std::pair<std::string, Node>> members_;
};

// target = what the reader gives, if it gives anything: the default stays otherwise.
template <class Target, class Value>
void assign(Target& target, const std::optional<Value>& value) {
  if (value) target = static_cast<Target>(*value);
}

}  // namespace gatehouse::config
