// The events of one of the streams in golden/, and all streams of a dialect. For one thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <utility>
#include <vector>

#include "dialect_golden.h"

namespace gatehouse::testing {

struct SseEvent {
  std::string name;  // empty where the dialect names none
  std::string data;

  // A member of the data by its path, "/delta/type"; empty when absent.
  std::string at(const char* path) const {
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    if (parser.parse(data).at_pointer(path).get(value) != simdjson::SUCCESS) return {};
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
  }
};

inline std::vector<SseEvent> sse_events(const std::string& stream) {
  std::vector<SseEvent> events;
  std::istringstream lines(stream);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("event: ")) name = line.substr(7);
    if (!line.starts_with("data: ")) continue;
    events.push_back({name, line.substr(6)});
    name.clear();
  }
  return events;
}

// {reply, its events}, of each reply in this dialect.
inline std::vector<std::pair<std::string, std::vector<SseEvent>>> streams_of(const std::string& dialect) {
  std::vector<std::pair<std::string, std::vector<SseEvent>>> streams;
  for (const std::string& name : names(dialect, ".sse")) {
    streams.emplace_back(name, sse_events(read_file(golden(dialect + "/" + name + ".sse"))));
  }
  return streams;
}

}  // namespace gatehouse::testing
