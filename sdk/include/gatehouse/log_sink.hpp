// Log sinks: take finished records to where they are kept. One host thread calls a sink, so it needs
// no locks; queue, batching and retry are the host's. GH_EXPORT_LOG_SINK.
#pragma once

#include <cstdint>
#include <string_view>

#include <gatehouse/views.hpp>

namespace gatehouse {

// One finished record. Views until write() returns.
class Record {
 public:
  explicit Record(const gh_log_record& raw) : raw_(&raw) {}
  std::uint32_t level() const { return raw_->level; }         // GH_LOG_…
  std::int64_t unix_us() const { return raw_->unix_us; }      // when the exchange began
  std::string_view kind() const { return view(raw_->kind); }  // "exchange"
  std::string_view id() const { return view(raw_->id); }
  std::string_view json() const { return view(raw_->json); }  // one object on one line, without the newline

 private:
  const gh_log_record* raw_;
};

using Records = List<Record, gh_log_record>;

}  // namespace gatehouse

#include <gatehouse/detail/log_sink_face.hpp>  // needs what is above

// T is the configured instance, called by one thread at a time.
//   void write(gatehouse::Records)                  returns when all are taken care of. Throw when none is
//       and the batch should come again; gatehouse::Error(GH_EINTERNAL, …) gives it up as lost
//   void flush(std::chrono::milliseconds deadline)  optional: makes what was written durable
#define GH_EXPORT_LOG_SINK(T, Id, Version, Summary) \
  GH_EXPORT_COMPONENT(gatehouse::detail::LogSinkFace<T>, Id, Version, Summary)
