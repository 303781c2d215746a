#include "core/record/record.h"

#include <algorithm>
#include <charconv>

#include "core/money/money.h"
#include "core/text/caller_text.h"
#include "core/text/json_writer.h"
#include "core/text/utc.h"

namespace gatehouse::core {

namespace {

constexpr std::size_t kMostWord = 128;    // bytes of a code
constexpr std::size_t kMostDetail = 512;  // of what was wrong, as a provider or a plugin tells it

// Names and ids, of whomever they are. What is longer was refused before, or comes from a plugin.
std::string_view named(std::string_view text) { return cut(text, kMostName); }

// RFC 3339 in UTC with microseconds. The calendar part changes once a second.
void add_timestamp(JsonObject& object, std::string_view name, std::int64_t unix_us) {
  thread_local std::int64_t second = -1;
  thread_local char text[40];
  thread_local std::size_t end_of_second = 0;
  if (unix_us / 1'000'000 != second) {
    second = unix_us / 1'000'000;
    end_of_second = utc_text(second).copy(text, sizeof "2027-01-31T00:00:00" - 1);
    text[end_of_second++] = '.';
  }
  std::size_t end = end_of_second;
  for (int unit = 100'000; unit != 0; unit /= 10) text[end++] = static_cast<char>('0' + unix_us / unit % 10);
  text[end++] = 'Z';
  object.add(name, {text, end});
}

// As JSON's number, to the microsecond: 8.640.
void add_milliseconds(JsonObject& object, std::string_view name, std::chrono::nanoseconds time) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  char text[32];
  char* end = std::to_chars(text, text + 24, us / 1000).ptr;
  *end++ = '.';
  for (const auto unit : {100, 10, 1}) *end++ = static_cast<char>('0' + us / unit % 10);
  object.add_raw(name, {text, static_cast<std::size_t>(end - text)});
}

// Kinds that few models have.
void add_special_tokens(JsonObject& json, const Usage& usage) {
  const auto add = [&](std::string_view name, std::uint64_t tokens) {
    if (tokens != 0) json.add(name, tokens);
  };
  add("cache_write_1h_tokens", usage.cache_write_1h);
  add("audio_in_tokens", usage.audio_input);
  add("image_in_tokens", usage.image_input);
  add("audio_out_tokens", usage.audio_output);
}

void append_decisions(std::string& out, std::span<const Decision> decisions) {
  JsonArray list(out);
  for (const Decision& decision : decisions) {
    JsonObject object(list.next());
    object.add("policy", decision.policy).add("step", decision.step).add("verdict", name(decision.verdict));
    if (!decision.code.empty()) object.add("code", cut(decision.code, kMostWord));
    add_milliseconds(object, "ms", decision.took);
  }
}

// The request went out on a connection that had ended, and again on a new one.
Try lost_before(const Try& resent) {
  Try lost;
  lost.provider = resent.provider;
  lost.model = resent.model;
  lost.error = info(Code::upstream_unreachable).type;
  lost.waited = resent.waited;
  return lost;
}

void append_try(std::string& out, const Try& one) {
  JsonObject object(out);
  object.add("provider", named(one.provider))
      .add("model", named(one.model))
      .add("upstream_status", one.upstream_status);
  object.add_or_null("error_type", one.error);
  if (!one.detail.empty()) object.add("error_detail", cut(one.detail, kMostDetail));
  if (one.usage.total() != 0) {
    object.add("in_tokens", one.usage.input).add("out_tokens", one.usage.output);
    object.add("usage_reported", one.usage.reported).add_raw("dollars", dollars(one.nanodollars));
  }
  add_milliseconds(object, "waited_ms", one.waited);
  add_milliseconds(object, "ms", one.took);
}

void append_tries(std::string& out, std::span<const Try> tries) {
  JsonArray list(out);
  for (const Try& one : tries) {
    if (one.wire.resent) append_try(list.next(), lost_before(one));
    append_try(list.next(), one);
  }
}

void summarize(std::string& text, const Try& one) {
  if (!text.empty()) text += ", ";
  text.append(one.provider).append("/").append(one.model).append(" ");
  if (one.upstream_status != 0 && (one.upstream_status >= 300 || one.error.empty()))
    text += std::to_string(one.upstream_status);
  else
    text += one.error.empty() ? std::string_view("ok") : one.error;
}

void add_tags(JsonObject& json, const Tags& tags) {
  if (tags.empty()) return;
  JsonObject named(json.key("tags"));
  for (const auto& [name, value] : tags) named.add(name, value);
}

}  // namespace

std::string summary(std::span<const Try> tries) {
  std::string text;
  for (const Try& one : tries) {
    if (one.wire.resent) summarize(text, lost_before(one));
    summarize(text, one);
  }
  return text;
}

void Record::is_of(const Caller& caller) {
  client_id = caller.client_id;
  key_id = caller.key_id;
  if (caller.terms) team = caller.terms->team;
  tags = caller.tags;
}

bool Record::usage_doubted() const {
  return std::any_of(tries.begin(), tries.end(), [](const Try& one) { return one.doubted; });
}

LogLinePtr Record::line(std::span<const Decision> decisions) const {
  auto line = std::make_shared<LogLine>();
  line->unix_us = std::chrono::duration_cast<std::chrono::microseconds>(began.time_since_epoch()).count();
  line->id = id;
  line->of_stranger = of_stranger;
  std::string& out = line->json;
  out.reserve(2048);
  JsonObject json(out);
  add_timestamp(json, "ts", line->unix_us);
  json.add("id", id).add("request_id", named(request_id));
  if (!caller_id.empty()) json.add("caller_request_id", named(caller_id));
  json.add("trace_id", trace.trace_id()).add_or_null("client_id", named(client_id)).add_or_null("key_id", key_id);
  if (!team.empty()) json.add("team", team);
  add_tags(json, tags);
  json.add("remote_addr", remote_addr).add("method", method).add("route", route).add("dialect", dialect);
  json.add_or_null("model_requested", named(model_requested)).add_or_null("model_served", named(model_served));
  json.add_or_null("provider", named(provider)).add("stream", stream).add("status", status);
  json.add("upstream_status", upstream_status);
  if (outcome.ok()) {
    json.add_raw("error_type", "null");
  } else {
    json.add("error_type", info(outcome.code()).type)
        .add_or_null("error_code", cut(outcome.failure().reason, kMostWord));
    if (!outcome.failure().detail.empty()) json.add("error_detail", cut(outcome.failure().detail, kMostDetail));
  }
  json.add_or_null("finish_reason", cut(finish_reason, kMostWord)).add("attempts", attempts);
  if (ended_short)
    json.add("ended_by_limit",
             ended_by.per.empty() ? "unknown" : std::string(ended_by.per).append(" ").append(ended_by.limit));
  json.add("in_tokens", usage.input).add("out_tokens", usage.output).add("cached_tokens", usage.cached);
  json.add("usage_reported", usage.reported)
      .add("reserved_tokens", reserved_tokens)
      .add("estimate_method", estimate_method);
  json.add_raw("dollars", dollars(nanodollars)).add("reasoning_tokens", usage.reasoning);
  json.add("cache_write_tokens", usage.cache_write);
  add_special_tokens(json, usage);
  if (output_bound != 0) json.add("output_bound", output_bound);
  if (usage_doubted()) json.add("usage_doubted", true);
  json.add("bytes_in", bytes_in).add("bytes_out", bytes_out).add("chunks", chunks);
  add_milliseconds(json, "policy_ms", policies);
  add_milliseconds(json, "connect_ms", upstream_connect);
  add_milliseconds(json, "ttft_ms", first_token);
  add_milliseconds(json, "total_ms", total);
  json.add("client_disconnected", outcome.code() == Code::client_gone);
  json.add("generation", generation);
  if (unrecorded != 0) json.add("unrecorded", unrecorded);
  if (tries.size() > 1 || (!tries.empty() && tries.front().wire.resent)) append_tries(json.key("tries"), tries);
  append_decisions(json.key("policy_decisions"), decisions);
  json.close();
  return line;
}

}  // namespace gatehouse::core
