// A batch of records as text: the JSON of each on a line of its own. Function without state; any thread.
#pragma once

#include <string>

#include <gatehouse/log_sink.hpp>

inline std::string as_lines(gatehouse::Records records) {
  std::size_t size = 0;
  for (const gatehouse::Record record : records) size += record.json().size() + 1;
  std::string lines;
  lines.reserve(size);
  for (const gatehouse::Record record : records) lines.append(record.json()).push_back('\n');
  return lines;
}
