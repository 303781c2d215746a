// The golden files of one codec, all in golden/:
//   <plugin>.<case>.request.json -> <plugin>.<case>.sent             what goes out
//   <plugin>.<case>.stream.txt   -> <plugin>.<case>.stream.events    a streamed answer, split at every byte
//   <plugin>.<case>.whole.json   -> <plugin>.<case>.whole.events     a whole one
#pragma once

#include <string>

#include "codec_exchange.h"

namespace gatehouse::testing {

inline Request golden_request(const std::string& json) {
  return Request("the-model").json(json).stream(json.find("\"stream\":true") != std::string::npos).estimated_tokens(7);
}

inline void expect_sent(const std::string& plugin, const std::string& name, std::string_view config = "{}") {
  PluginInstance instance(plugin, config);
  const Request request = golden_request(read_file(golden(plugin + "." + name + ".request.json")));
  Exchange exchange(instance, request);
  const Sent sent = exchange.encode("sk-test");
  ASSERT_EQ(sent.outcome.status, GH_OK) << sent.outcome.message();
  expect_golden(plugin + "." + name + ".sent", Exchange::describe(sent) + "\n");
  EXPECT_EQ(exchange.encode("sk-test").body, sent.body) << "a retry must send the same";
}

// However the bytes are split on their way, the same is said.
inline void expect_streamed(const std::string& plugin, const std::string& name, core::Framing framing) {
  PluginInstance instance(plugin);
  const std::string stem = plugin + "." + name + ".stream";
  const std::string bytes = read_file(golden(stem + ".txt"));
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    Exchange exchange(instance, Request("the-model").user("hi").stream().estimated_tokens(7));
    ASSERT_EQ(exchange.encode("").outcome.status, GH_OK);
    core::Framer framer(framing);
    const bool whole = framer.feed(std::string_view(bytes).substr(0, split), exchange).ok() &&
                       framer.feed(std::string_view(bytes).substr(split), exchange).ok() &&
                       framer.finish(exchange).ok();
    if (split == 0) expect_golden(stem + ".events", exchange.transcript());
    ASSERT_EQ(exchange.transcript(), read_file(golden(stem + ".events"))) << "split at " << split;
    EXPECT_EQ(whole, exchange.transcript().find("failed:") == std::string::npos);
  }
}

inline void expect_whole(const std::string& plugin, const std::string& name) {
  PluginInstance instance(plugin);
  const std::string stem = plugin + "." + name + ".whole";
  Exchange exchange(instance, Request("the-model").user("hi").estimated_tokens(7));
  ASSERT_EQ(exchange.encode("").outcome.status, GH_OK);
  core::Framer framer(core::Framing::body);
  EXPECT_TRUE(framer.feed(read_file(golden(stem + ".json")), exchange).ok());
  const bool whole = framer.finish(exchange).ok();
  EXPECT_EQ(whole, exchange.transcript().find("failed:") == std::string::npos);
  expect_golden(stem + ".events", exchange.transcript());
}

// The body that goes out for such a request.
inline std::string body_of(const std::string& plugin, const std::string& json, std::string_view config = "{}") {
  PluginInstance instance(plugin, config);
  const Request request = golden_request(json);
  return Exchange(instance, request).encode("").body;
}

// What is made of a whole answer.
inline std::string events_of(const std::string& plugin, const std::string& answer) {
  PluginInstance instance(plugin);
  Exchange exchange(instance, Request("the-model").user("hi"));
  (void)exchange.encode("");
  (void)exchange.on_frame({{}, answer, true});
  return exchange.transcript();
}

// The sentence with which a request is refused, the field it begins with being the error's param; empty when it is
// taken.
inline std::string request_refusal(const std::string& plugin, const std::string& json, std::string_view config = "{}") {
  PluginInstance instance(plugin, config);
  const auto& codec = instance.table<gh_codec>();
  const Request request = golden_request(json);
  gh_call* call = nullptr;
  const Outcome opened =
      Outcome::of([&](gh_error* error) { return codec.open(instance.raw(), request.raw(), &call, error); });
  if (opened.status == GH_OK) codec.close(call);
  if (opened.status == GH_OK) return {};
  if (const std::string says = opened.message(); says.starts_with("'")) {
    EXPECT_EQ(opened.error.param, says.substr(1, says.find('\'', 1) - 1));
  }
  return opened.status == GH_EINVAL ? opened.message() : "not GH_EINVAL: " + opened.message();
}

// A request with these fields besides one short message.
inline std::string with_fields(const std::string& fields) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + fields + "}";
}
inline std::string with_messages(const std::string& messages) {
  return R"({"model":"m","messages":[)" + messages + "]}";
}

}  // namespace gatehouse::testing
