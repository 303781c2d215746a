// Drives a plugin class without a gateway, through the very functions the gateway would call:
//   gatehouse::testing::CodecDriver<OpenAi> codec(R"({"timeout":"5s"})");
//   codec.open(gatehouse::testing::Request("gpt-4o").user("hello").stream());
//   EXPECT_EQ(codec.encode().url, "https://api.example/v1/chat/completions");
//   EXPECT_EQ(codec.decode(R"({"choices":[]})").status, GH_OK);
// A call answers an Outcome; only create failing throws (gatehouse::Error). For one thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/detail/testing_fakes.hpp>
#include <gatehouse/plugin.hpp>

namespace gatehouse::testing {

// Drives a codec: one configured instance, one exchange at a time.
template <class T>
class CodecDriver {
  using Face = detail::CodecFace<T>;

 public:
  explicit CodecDriver(std::string_view config = "{}") : instance_(config) {}
  ~CodecDriver() { close(); }

  Outcome open(const Request& request) {
    close();
    return Outcome::of([&](gh_error* error) { return Face::vtable.open(instance_.get(), request.raw(), &call_, error); });
  }
  // What the codec wants sent; its outcome is in the answer.
  Sent encode(std::string_view base_url = "http://upstream", std::string_view secret = "key",
              std::uint32_t number = 1) {
    Sent sent;
    FakeUpstream upstream(sent);
    const gh_attempt attempt = {sizeof(gh_attempt), number, str(base_url), str(secret), 0};
    sent.outcome = Outcome::of([&](gh_error* error) { return Face::encode(call_, &attempt, upstream.raw(), error); });
    return sent;
  }
  // One frame of the answer; what it makes the model say is added to events().
  Outcome decode(std::string_view data, int http_status = 200, std::string_view event = {}, bool last = false) {
    const gh_frame frame = {sizeof(gh_frame), static_cast<std::uint32_t>(http_status), str(event), str(data), last, 0};
    return Outcome::of([&](gh_error* error) { return Face::decode(call_, &frame, events_.raw(), error); });
  }
  // The frame that says nothing follows.
  Outcome finish() { return decode({}, 200, {}, true); }

  FakeEvents& events() { return events_; }

 private:
  void close() {
    if (call_ != nullptr) Face::close(std::exchange(call_, nullptr));
  }

  FakeInstance<Face> instance_;
  gh_call* call_ = nullptr;
  FakeEvents events_;
};

// Drives a local engine.
template <class T>
class LocalDriver {
  using Face = detail::LocalFace<T>;

 public:
  explicit LocalDriver(std::string_view config = "{}") : instance_(config) {}
  Outcome run(const Request& request) {
    return Outcome::of(
        [&](gh_error* error) { return Face::run(instance_.get(), request.raw(), events_.raw(), error); });
  }
  FakeEvents& events() { return events_; }

 private:
  FakeInstance<Face> instance_;
  FakeEvents events_;
};

// Drives a policy through one exchange: on_request first, then what the policy has.
template <class T>
class PolicyDriver {
  using Face = detail::PolicyFace<T>;

 public:
  explicit PolicyDriver(std::string_view config = "{}") : instance_(config) {}
  ~PolicyDriver() { end(); }

  Decision on_request(const Request& request) {
    end();
    if (Face::vtable.begin != nullptr) {
      Decision failed;
      failed.outcome = Outcome::of(
          [&](gh_error* error) { return Face::vtable.begin(instance_.get(), request.raw(), &call_, error); });
      if (failed.outcome.status != GH_OK) return failed;
    }
    return Decision::of([&](gh_edit* edit, gh_error* error) {
      return Face::vtable.on_request(instance_.get(), call_, request.raw(), edit, error);
    });
  }
  Decision on_chunk(std::string_view text) {  // REQUIRES: T has on_chunk
    return Decision::of([&](gh_edit* edit, gh_error* error) {
      return Face::vtable.on_chunk(instance_.get(), call_, str(text), edit, error);
    });
  }
  Decision on_response(std::string_view text) {  // REQUIRES: T has on_response
    return Decision::of([&](gh_edit* edit, gh_error* error) {
      return Face::vtable.on_response(instance_.get(), call_, str(text), edit, error);
    });
  }

 private:
  void end() {
    if (call_ != nullptr) Face::vtable.end(std::exchange(call_, nullptr));
  }

  FakeInstance<Face> instance_;
  gh_call* call_ = nullptr;
};

// Drives a log sink.
template <class T>
class LogSinkDriver {
  using Face = detail::LogSinkFace<T>;

 public:
  explicit LogSinkDriver(std::string_view config = "{}") : instance_(config) {}
  // Each line is one record's JSON.
  Outcome write(const std::vector<std::string>& lines) {
    std::vector<gh_log_record> records;
    std::vector<const gh_log_record*> pointers;
    records.reserve(lines.size());
    for (const std::string& line : lines) {
      records.push_back({sizeof(gh_log_record), GH_LOG_INFO, 0, str("exchange"), str("gw-req-test"), str(line)});
      pointers.push_back(&records.back());
    }
    return Outcome::of(
        [&](gh_error* error) { return Face::write(instance_.get(), pointers.data(), pointers.size(), error); });
  }
  Outcome flush(std::uint32_t deadline_ms = 1000) {
    return Outcome::of([&](gh_error* error) { return Face::flush(instance_.get(), deadline_ms, error); });
  }

 private:
  FakeInstance<Face> instance_;
};

}  // namespace gatehouse::testing
