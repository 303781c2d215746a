#include "conformance/exchange.h"

#include <gatehouse/views.hpp>

namespace gatehouse::conformance {

void exercise(const Instance& instance, Memory& memory) {
  const Request request = ordinary_request();
  const std::string& interface_id = instance.component().interface_id;
  Listener listener(memory);
  if (interface_id == GH_PROVIDER_CODEC_1) {
    CodecCall call(instance, request, memory);
    if (!call.opened().ok()) return;
    call.encode();
    call.decode(R"({"text":"Paris"})", listener);
    call.decode("", listener, 200, {}, true);
  } else if (interface_id == GH_PROVIDER_LOCAL_1) {
    run_local(instance, request, listener, memory);
  } else if (interface_id == GH_POLICY_1) {
    PolicyCall call(instance, request, memory);
    if (!call.begun().ok()) return;
    call.on_request();
    if (instance.table<gh_policy>().on_chunk != nullptr) call.on_chunk("Paris");
    if (instance.table<gh_policy>().on_response != nullptr) call.on_response("Paris");
  } else {
    write_records(instance, 1, memory);
    flush(instance, 1000, memory);
  }
}

Listener::Listener(Memory& memory, std::size_t leaves_after)
    : sink_(memory.place(gh_event_sink{sizeof(gh_event_sink), 0, this, emit})), leaves_after_(leaves_after) {}

gh_status Listener::emit(gh_event_sink* sink, const gh_event* event) noexcept {
  auto& self = *static_cast<Listener*>(sink->ctx);
  if (self.heard_ >= self.leaves_after_) {
    ++self.too_many_;
    return GH_ECANCELLED;
  }
  ++self.heard_;
  self.finished_ |= event->kind == GH_EVENT_FINISH && event->choice == 0;
  return GH_OK;
}

Outcome run_local(const Instance& instance, const Request& request, Listener& listener, Memory& memory) {
  return call(memory, "running " + request.name, [&](gh_error* error) {
    return instance.table<gh_local>().run(instance.raw(), request.lay_out(memory), listener.sink(), error);
  });
}

PolicyCall::PolicyCall(const Instance& instance, const Request& request, Memory& memory)
    : table_(instance.table<gh_policy>()),
      instance_(instance.raw()),
      memory_(memory),
      request_(request.lay_out(memory)) {
  if (table_.begin == nullptr) return;
  begun_ = call(memory_, "begin, with " + request.name,
                [&](gh_error* error) { return table_.begin(instance_, request_, &call_, error); });
}

PolicyCall::~PolicyCall() {
  if (call_ == nullptr || table_.end == nullptr) return;
  doing("end");
  table_.end(call_);
}

template <class Make>
Decision PolicyCall::decide(std::string_view what, Make make) {
  Decision decision;
  const auto replace = [](gh_edit* edit, gh_str content) noexcept {
    auto& self = *static_cast<Decision*>(edit->ctx);
    self.replaced = true;
    self.content = view(content);
  };
  const auto reason = [](gh_edit* edit, gh_str code, gh_str text) noexcept {
    auto& self = *static_cast<Decision*>(edit->ctx);
    self.code = view(code);
    self.reason = view(text);
  };
  const auto text = [](gh_edit* edit, std::size_t index, gh_str) noexcept {
    static_cast<Decision*>(edit->ctx)->edited.push_back(index);
  };
  gh_edit* edit = memory_.place(gh_edit{sizeof(gh_edit), 0, &decision, replace, reason, text});
  gh_error* error = memory_.place(gh_error{});
  doing(what);
  decision.verdict = make(edit, error);
  if (decision.verdict > GH_DENY)
    fail(std::string(what) + " answered " + std::to_string(decision.verdict) + ", which is no verdict");
  read_error(GH_EINTERNAL, *error, what, decision.verdict == GH_FAILED);
  return decision;
}

Decision PolicyCall::on_request() {
  return decide("on_request", [&](gh_edit* edit, gh_error* error) {
    return table_.on_request(instance_, call_, request_, edit, error);
  });
}

Decision PolicyCall::on_chunk(std::string_view text) {
  return decide("on_chunk", [&](gh_edit* edit, gh_error* error) {
    return table_.on_chunk(instance_, call_, memory_.text(text), edit, error);
  });
}

Decision PolicyCall::on_response(std::string_view text) {
  return decide("on_response", [&](gh_edit* edit, gh_error* error) {
    return table_.on_response(instance_, call_, memory_.text(text), edit, error);
  });
}

Outcome write_records(const Instance& instance, std::size_t count, Memory& memory, std::string_view series,
                      std::string_view detail) {
  std::vector<const gh_log_record*> records;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = "gw-req-check-" + std::string(series) + "-" + std::to_string(i);
    const std::string json = "{\"id\":\"" + id + "\",\"time\":\"2026-01-01T00:00:00Z\"" + std::string(detail) + "}";
    records.push_back(memory.place(gh_log_record{sizeof(gh_log_record), GH_LOG_INFO, 1'767'225'600'000'000,
                                                 memory.text("exchange"), memory.text(id), memory.text(json)}));
  }
  const gh_log_record* const* list = memory.list(records);
  return call(memory, "writing " + std::to_string(count) + " records",
              [&](gh_error* error) { return instance.table<gh_log_sink>().write(instance.raw(), list, count, error); });
}

Outcome flush(const Instance& instance, std::uint32_t deadline_ms, Memory& memory) {
  return call(memory, "flushing",
              [&](gh_error* error) { return instance.table<gh_log_sink>().flush(instance.raw(), deadline_ms, error); });
}

}  // namespace gatehouse::conformance
