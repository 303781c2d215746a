// Where log records go. LogSink is one configured sink, called by one thread; RecordLog is what
// an exchange writes to, thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"

namespace gatehouse::core {

// A finished record, shared by every sink's queue.
struct LogLine {
  std::int64_t unix_us = 0;  // when the exchange began
  std::string id;            // the gateway's own id of the exchange, unique
  std::string json;          // one object on one line, without the newline
  bool of_stranger = false;  // it makes room for the others
};
using LogLinePtr = std::shared_ptr<const LogLine>;

enum class WriteResult : std::uint8_t { ok, retry, lost };

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual std::string_view name() const = 0;  // as in YAML
  // retry: none of the batch was taken, bring it again. lost: give it up. why says more.
  virtual WriteResult write(std::span<const LogLinePtr> batch, std::string& why) = 0;
  virtual Status flush(std::chrono::milliseconds deadline) = 0;
};

class RecordLog {
 public:
  virtual ~RecordLog() = default;
  // Whether an exchange may begin. overloaded: a sink that must not lose records is full.
  virtual Status admit() = 0;
  virtual void write(LogLinePtr line) = 0;  // never fails; what cannot be kept is counted
};

}  // namespace gatehouse::core
