// The binary contract's layout, field by field, against the golden file of ABI 1. A plugin built years
// ago relies on every line: a line may be added at a struct's end, none may change.
#include <gatehouse/abi.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace {

std::ostringstream out;

#define STRUCT(T) out << #T << " " << sizeof(T) << "\n"
#define FIELD(T, field) out << "  " #field " " << offsetof(T, field) << " " << sizeof(T::field) << "\n"

void describe_chat() {
  STRUCT(gh_str);
  FIELD(gh_str, data), FIELD(gh_str, len);
  STRUCT(gh_error);
  FIELD(gh_error, size), FIELD(gh_error, http_status), FIELD(gh_error, retry_after_ms), FIELD(gh_error, flags);
  FIELD(gh_error, code), FIELD(gh_error, message), FIELD(gh_error, param);
  STRUCT(gh_host);
  FIELD(gh_host, size), FIELD(gh_host, abi_minor), FIELD(gh_host, ctx), FIELD(gh_host, log), FIELD(gh_host, extension);
  STRUCT(gh_message);
  FIELD(gh_message, size), FIELD(gh_message, reserved), FIELD(gh_message, role), FIELD(gh_message, text);
  FIELD(gh_message, json);
  STRUCT(gh_text);
  FIELD(gh_text, size), FIELD(gh_text, kind), FIELD(gh_text, role), FIELD(gh_text, place), FIELD(gh_text, text);
  STRUCT(gh_chat_request);
  FIELD(gh_chat_request, size), FIELD(gh_chat_request, stream), FIELD(gh_chat_request, id);
  FIELD(gh_chat_request, client), FIELD(gh_chat_request, alias), FIELD(gh_chat_request, model);
  FIELD(gh_chat_request, messages), FIELD(gh_chat_request, message_count), FIELD(gh_chat_request, estimated_tokens);
  FIELD(gh_chat_request, json), FIELD(gh_chat_request, texts), FIELD(gh_chat_request, ctx);
}

void describe_events() {
  STRUCT(gh_event);
  FIELD(gh_event, size), FIELD(gh_event, kind), FIELD(gh_event, choice), FIELD(gh_event, index);
  FIELD(gh_event, text), FIELD(gh_event, id), FIELD(gh_event, name);
  FIELD(gh_event, tokens_in), FIELD(gh_event, tokens_out), FIELD(gh_event, tokens_cached);
  FIELD(gh_event, tokens_cache_write), FIELD(gh_event, tokens_reasoning), FIELD(gh_event, json);
  FIELD(gh_event, tokens_cache_write_1h), FIELD(gh_event, tokens_audio_in), FIELD(gh_event, tokens_image_in);
  FIELD(gh_event, tokens_audio_out);
  STRUCT(gh_event_sink);
  FIELD(gh_event_sink, size), FIELD(gh_event_sink, reserved), FIELD(gh_event_sink, ctx), FIELD(gh_event_sink, emit);
}

void describe_providers() {
  STRUCT(gh_attempt);
  FIELD(gh_attempt, size), FIELD(gh_attempt, number), FIELD(gh_attempt, base_url), FIELD(gh_attempt, secret);
  FIELD(gh_attempt, unix_ms);
  STRUCT(gh_upstream);
  FIELD(gh_upstream, size), FIELD(gh_upstream, reserved), FIELD(gh_upstream, ctx), FIELD(gh_upstream, request);
  FIELD(gh_upstream, header), FIELD(gh_upstream, body), FIELD(gh_upstream, kept_body);
  STRUCT(gh_frame);
  FIELD(gh_frame, size), FIELD(gh_frame, http_status), FIELD(gh_frame, event), FIELD(gh_frame, data);
  FIELD(gh_frame, last), FIELD(gh_frame, reserved);
  STRUCT(gh_codec);
  FIELD(gh_codec, size), FIELD(gh_codec, reserved), FIELD(gh_codec, open), FIELD(gh_codec, encode);
  FIELD(gh_codec, decode), FIELD(gh_codec, close), FIELD(gh_codec, open_embeddings);
  STRUCT(gh_local);
  FIELD(gh_local, size), FIELD(gh_local, reserved), FIELD(gh_local, run);
}

void describe_policies_and_sinks() {
  STRUCT(gh_edit);
  FIELD(gh_edit, size), FIELD(gh_edit, reserved), FIELD(gh_edit, ctx), FIELD(gh_edit, replace), FIELD(gh_edit, reason);
  FIELD(gh_edit, text);
  STRUCT(gh_policy);
  FIELD(gh_policy, size), FIELD(gh_policy, stream_mode), FIELD(gh_policy, begin), FIELD(gh_policy, on_request);
  FIELD(gh_policy, on_chunk), FIELD(gh_policy, on_response), FIELD(gh_policy, end);
  STRUCT(gh_log_record);
  FIELD(gh_log_record, size), FIELD(gh_log_record, level), FIELD(gh_log_record, unix_us), FIELD(gh_log_record, kind);
  FIELD(gh_log_record, id), FIELD(gh_log_record, json);
  STRUCT(gh_log_sink);
  FIELD(gh_log_sink, size), FIELD(gh_log_sink, reserved), FIELD(gh_log_sink, write), FIELD(gh_log_sink, flush);
}

void describe_extensions() {
  STRUCT(gh_state_sink);
  FIELD(gh_state_sink, size), FIELD(gh_state_sink, reserved), FIELD(gh_state_sink, ctx), FIELD(gh_state_sink, put);
  STRUCT(gh_state);
  FIELD(gh_state, size), FIELD(gh_state, reserved), FIELD(gh_state, save), FIELD(gh_state, restore);
  STRUCT(gh_counters);
  FIELD(gh_counters, size), FIELD(gh_counters, reserved), FIELD(gh_counters, add);
}

void describe_module() {
  STRUCT(gh_component);
  FIELD(gh_component, size), FIELD(gh_component, reserved), FIELD(gh_component, id), FIELD(gh_component, interface_id);
  FIELD(gh_component, version), FIELD(gh_component, summary), FIELD(gh_component, vtable);
  FIELD(gh_component, create), FIELD(gh_component, destroy), FIELD(gh_component, extension);
  STRUCT(gh_module);
  FIELD(gh_module, magic), FIELD(gh_module, abi_major), FIELD(gh_module, abi_minor), FIELD(gh_module, size);
  FIELD(gh_module, required_minor), FIELD(gh_module, flags), FIELD(gh_module, build), FIELD(gh_module, component);
}

TEST(Layout, IsThatOfAbi1) {
  describe_chat();
  describe_events();
  describe_providers();
  describe_policies_and_sinks();
  describe_extensions();
  describe_module();
  std::ifstream golden(ABI_LAYOUT);
  ASSERT_TRUE(golden) << ABI_LAYOUT << " cannot be read";
  const std::string expected((std::istreambuf_iterator<char>(golden)), std::istreambuf_iterator<char>());
  EXPECT_EQ(out.str(), expected);
}

TEST(Layout, EveryFieldIsListed) {
  // What the listed fields cover is each struct's whole size: nothing is left out, nothing is padding.
  std::ifstream golden(ABI_LAYOUT);
  std::string line, name;
  std::size_t size = 0, covered = 0;
  const auto check = [&] { EXPECT_EQ(covered, size) << name; };
  while (std::getline(golden, line)) {
    std::istringstream words(line);
    std::size_t offset = 0, length = 0;
    if (line[0] != ' ') {
      if (!name.empty()) check();
      words >> name >> size;
      covered = 0;
    } else {
      std::string field;
      words >> field >> offset >> length;
      EXPECT_EQ(offset, covered) << name << "." << field;
      covered = offset + length;
    }
  }
  ASSERT_FALSE(name.empty());
  check();
}

}  // namespace
