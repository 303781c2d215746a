// The calls of one exchange, by kind of plugin. They check what any call owes: a status with its reason, a verdict that
// exists. One object, one thread.
#pragma once

#include <gatehouse/abi.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/call.h"
#include "conformance/memory.h"
#include "conformance/plugin.h"
#include "conformance/request.h"

namespace gatehouse::conformance {

// Takes what a model says, until the caller has left.
class Listener {
 public:
  explicit Listener(Memory& memory, std::size_t leaves_after = SIZE_MAX);
  gh_event_sink* sink() { return sink_; }
  std::size_t heard() const { return heard_; }                  // events
  std::size_t told_after_leaving() const { return too_many_; }  // events after it said stop; one is excusable
  bool finished() const { return finished_; }

 private:
  static gh_status emit(gh_event_sink* sink, const gh_event* event) noexcept;
  gh_event_sink* sink_;
  std::size_t leaves_after_, heard_ = 0, too_many_ = 0;
  bool finished_ = false;
};

// What a codec wants sent.
struct Sent {
  std::string method, url, body;
  std::uint32_t framing = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  bool operator==(const Sent&) const = default;
};

// A codec's exchange; closed at the end.
class CodecCall {
 public:
  CodecCall(const Instance& instance, const Request& request, Memory& memory, bool embeddings = false);
  ~CodecCall();
  CodecCall(const CodecCall&) = delete;
  CodecCall& operator=(const CodecCall&) = delete;

  const Outcome& opened() const { return opened_; }
  // REQUIRES: opened().ok(), as do all below.
  std::pair<Outcome, Sent> encode(std::uint32_t number = 1);
  Outcome decode(std::string_view data, Listener& listener, std::uint32_t http_status = 200,
                 std::string_view event = {}, bool last = false);

 private:
  const gh_codec& table_;
  Memory& memory_;
  gh_call* call_ = nullptr;
  Outcome opened_;
};

Outcome run_local(const Instance& instance, const Request& request, Listener& listener, Memory& memory);

struct Decision {
  gh_verdict verdict = GH_FAILED;
  bool replaced = false;
  std::vector<std::size_t> edited = {};  // the numbers of texts
  std::string content, code, reason;
};

// A policy's exchange.
class PolicyCall {
 public:
  PolicyCall(const Instance& instance, const Request& request, Memory& memory);  // begins, where the policy has that
  ~PolicyCall();
  PolicyCall(const PolicyCall&) = delete;
  PolicyCall& operator=(const PolicyCall&) = delete;

  const Outcome& begun() const { return begun_; }
  Decision on_request();                        // REQUIRES: begun().ok(), as do both below
  Decision on_chunk(std::string_view text);     // REQUIRES: the policy has it
  Decision on_response(std::string_view text);  // REQUIRES: the policy has it

 private:
  template <class Make>
  Decision decide(std::string_view what, Make make);
  const gh_policy& table_;
  gh_instance* const instance_;
  Memory& memory_;
  const gh_chat_request* const request_;
  gh_call* call_ = nullptr;
  Outcome begun_;
};

// Batches of records, each with an id of its own in the series.
Outcome write_records(const Instance& instance, std::size_t count, Memory& memory, std::string_view series = "a",
                      std::string_view detail = "");
Outcome flush(const Instance& instance, std::uint32_t deadline_ms, Memory& memory);

// One ordinary exchange with an instance of any kind, as far as it goes.
void exercise(const Instance& instance, Memory& memory);

}  // namespace gatehouse::conformance
